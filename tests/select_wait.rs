//! Waiting for one of several things: exactly one is taken, and nothing is lost.

use eventlet::event::Flag;
use eventlet::lock::Lock;
use eventlet::select::{Waitable, after, iwait, wait_any, wait_any_timeout};
use eventlet::{Event, Semaphore, debug, join_all, kill_all, select, sleep, spawn, spawn_after};
use eventlet_tests::{Log, check, ms, panic_of, sleeper, yield_now};

#[test]
fn the_first_that_is_ready_is_taken_and_no_other() {
    check(|| {
        let (one, other) = (Semaphore::new(1), Semaphore::new(1));
        let permit = select! {
            permit = one => permit,
            _ = other => unreachable!(),
        };
        assert_eq!((one.balance(), other.balance()), (0, 1));
        drop(permit);
        assert_eq!(one.balance(), 1);
    });
}

#[test]
fn what_comes_first_is_taken() {
    check(|| {
        debug::pause_clock();
        let (semaphore, event) = (Semaphore::new(0), Event::new());
        let theirs = event.clone();
        let sender = spawn_after(ms(5), move || theirs.send("it"));
        let got = select! {
            _ = semaphore => unreachable!(),
            value = event => value.unwrap(),
            _ = after(ms(10)) => unreachable!(),
        };
        assert_eq!(got, "it");
        assert_eq!(semaphore.balance(), 0, "nobody waits for it any more");
        sender.wait().unwrap();
    });
}

#[test]
fn a_moment_comes_when_nothing_else_does() {
    check(|| {
        debug::pause_clock();
        let (semaphore, before) = (Semaphore::new(0), debug::now());
        select! {
            _ = after(ms(20)) => unreachable!(),
            _ = semaphore => unreachable!(),
            () = after(ms(10)) => {}
        }
        assert_eq!(debug::now() - before, ms(10));
    });
}

#[test]
fn a_default_does_not_wait() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let theirs = log.clone();
        let other = spawn(move || theirs.add("other"));
        for _ in 0..2 {
            select! {
                _ = semaphore => log.add("permit"),
                default => log.add("none"),
            }
            semaphore.release();
        }
        assert_eq!(log.take(), "none permit");
        other.wait().unwrap();
    });
}

/// In its arms one may leave the loop or the function around it.
#[test]
fn an_arm_can_go_anywhere() {
    fn first(lock: &Lock, flag: &Flag) -> &'static str {
        loop {
            select! {
                _ = flag => return "flag",
                guard = lock => {
                    guard.forget();
                    continue
                },
                default => break "nothing"
            }
        }
    }
    check(|| {
        let (lock, flag) = (Lock::new(), Flag::new());
        assert_eq!(first(&lock, &flag), "nothing");
        assert!(lock.is_locked());
        flag.set();
        assert_eq!(first(&lock, &flag), "flag");
    });
}

/// Several permits come before the one that selects has run: it takes one, and the next in each
/// line gets the other.
#[test]
fn two_that_come_at_once() {
    check(|| {
        let (one, other, log) = (Semaphore::new(0), Semaphore::new(0), Log::new());
        let (a, b, notes) = (one.clone(), other.clone(), log.clone());
        let selector = spawn(move || {
            select! {
                permit = a => { notes.add("one"); permit.forget() }
                permit = b => { notes.add("other"); permit.forget() }
            }
        });
        yield_now();
        let (theirs, notes) = (other.clone(), log.clone());
        let next = spawn(move || {
            theirs.acquire().forget();
            notes.add("next");
        });
        yield_now();
        one.release();
        other.release();
        selector.wait().unwrap();
        next.wait().unwrap();
        assert_eq!(log.take(), "one next");
        assert_eq!((one.balance(), other.balance()), (0, 0));
    });
}

#[test]
fn a_killed_selector_leaves_every_line() {
    check(|| {
        let (one, other) = (Semaphore::new(0), Semaphore::new(0));
        let selectors: Vec<_> = (0..3)
            .map(|_| {
                let (one, other) = (one.clone(), other.clone());
                spawn(move || select! { permit = one => permit.forget(), permit = other => permit.forget() })
            })
            .collect();
        yield_now();
        assert_eq!((one.balance(), other.balance()), (-3, -3));
        // This one is given a permit before it is killed; it takes it, and ends on its own.
        other.release();
        selectors[0].kill();
        selectors[1].kill();
        assert_eq!((one.balance(), other.balance()), (-1, -1));
        one.release();
        let results = join_all(selectors);
        assert!(results[0].is_ok() && results[2].is_ok());
        assert!(results[1].as_ref().unwrap_err().is_killed());
        assert_eq!((one.balance(), other.balance()), (0, 0));
    });
}

#[test]
fn the_end_of_a_green_thread_can_be_selected() {
    check(|| {
        let log = Log::new();
        let (long, short) = (sleeper(&log), spawn(|| 7));
        let status = select! {
            _ = long => unreachable!(),
            status = short => status,
        };
        assert!(status.is_success());
        assert_eq!(short.wait().unwrap(), 7);
        long.kill();
        assert!(select! { status = long.handle() => status.is_killed() });
        assert!(long.wait().unwrap_err().is_killed());
    });
}

#[test]
fn the_same_thing_twice() {
    check(|| {
        let semaphore = Semaphore::new(0);
        let theirs = semaphore.clone();
        let releaser = spawn(move || theirs.release());
        select! {
            permit = semaphore => permit.forget(),
            _ = semaphore => unreachable!(),
        }
        assert_eq!(semaphore.balance(), 0);
        releaser.wait().unwrap();
    });
}

#[test]
fn waiting_for_any_takes_nothing() {
    check(|| {
        debug::pause_clock();
        let (semaphore, flag) = (Semaphore::new(0), Flag::new());
        let theirs = semaphore.clone();
        let releaser = spawn_after(ms(5), move || theirs.release());
        assert_eq!(wait_any(&[&flag, &semaphore, &after(ms(10))]), 1);
        assert_eq!(semaphore.balance(), 1);
        assert_eq!(wait_any_timeout(&[&flag], ms(5)), None);
        assert_eq!(wait_any_timeout(&[], ms(5)), None);
        releaser.wait().unwrap();
        let text = panic_of(|| wait_any(&[]));
        assert!(text.contains("nothing to wait for"), "{text}");
    });
}

/// Those who wait for a permit come first; who only watches hears of one that is left over.
#[test]
fn a_watcher_takes_nobodys_permit() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let (theirs, notes) = (semaphore.clone(), log.clone());
        let watcher = spawn(move || {
            wait_any(&[&theirs]);
            notes.add("seen");
        });
        yield_now();
        let (theirs, notes) = (semaphore.clone(), log.clone());
        let taker = spawn(move || {
            theirs.acquire().forget();
            notes.add("taken");
        });
        yield_now();
        semaphore.release();
        taker.wait().unwrap();
        yield_now();
        assert_eq!(log.take(), "taken");
        semaphore.release();
        watcher.wait().unwrap();
        assert_eq!(log.take(), "seen");
        assert_eq!(semaphore.balance(), 1);
    });
}

#[test]
fn things_in_the_order_they_get_ready() {
    check(|| {
        debug::pause_clock();
        let (event, semaphore) = (Event::new(), Semaphore::new(0));
        let thread = spawn(|| sleep(ms(20)));
        let (theirs, permits) = (event.clone(), semaphore.clone());
        let sender = spawn(move || {
            sleep(ms(10));
            permits.release();
            sleep(ms(20));
            theirs.send(());
        });
        let order: Vec<_> = iwait(&[&event, &thread, &semaphore, &after(ms(40))]).collect();
        assert_eq!(order, [2, 1, 0, 3]);
        assert_eq!(iwait(&[&semaphore, &after(ms(1000))]).take(1).collect::<Vec<_>>(), [0]);
        thread.wait().unwrap();
        sender.wait().unwrap();
    });
}

#[test]
fn all_are_killed_at_once() {
    check(|| {
        let log = Log::new();
        let sleepers: Vec<_> = (0..3).map(|_| sleeper(&log)).collect();
        let unstarted = spawn(|| unreachable!());
        let mut handles: Vec<_> = sleepers.iter().map(|thread| thread.handle()).collect();
        handles.push(unstarted.handle());
        kill_all(&handles);
        assert_eq!(log.take(), "unwound unwound unwound");
        assert!(handles.iter().all(|handle| handle.is_dead()));
        for result in join_all(sleepers) {
            assert!(result.unwrap_err().is_killed());
        }
        // Those that are dead stay so, and the caller is killed last.
        let threads = handles.clone();
        let killer = spawn(move || {
            kill_all(threads.into_iter().chain([eventlet::current()]));
        });
        assert!(killer.wait().unwrap_err().is_killed());
    });
}

/// Each of ten thousand is watched once, not anew for each that is ready.
#[test]
fn many_things() {
    check(|| {
        let threads: Vec<_> = (0..10_000).map(|_| spawn(|| sleep(ms(1)))).collect();
        let things: Vec<&dyn Waitable> = threads.iter().map(|thread| thread as _).collect();
        let mut order: Vec<_> = iwait(&things).collect();
        order.sort_unstable();
        assert!(order.into_iter().eq(0..10_000));
    });
}

/// What was ready when it rang, and is not when it is looked at, is waited for again.
#[test]
fn a_watcher_that_comes_too_late() {
    check(|| {
        let (semaphore, log) = (Semaphore::new(0), Log::new());
        let (theirs, notes) = (semaphore.clone(), log.clone());
        let watcher = spawn(move || {
            wait_any(&[&theirs]);
            notes.add("seen");
        });
        yield_now();
        semaphore.release();
        // Nobody waits in line, so this passes nobody.
        let permit = semaphore.try_acquire().unwrap();
        yield_now();
        assert_eq!(log.take(), "");
        drop(permit);
        watcher.wait().unwrap();
        assert_eq!(log.take(), "seen");
    });
}

#[test]
fn a_killed_watcher_leaves_nothing() {
    check(|| {
        let (event, semaphore, thread) = (Event::<()>::new(), Semaphore::new(0), spawn(|| ()));
        let (theirs, permits) = (event.clone(), semaphore.clone());
        let watcher = spawn(move || iwait(&[&theirs, &permits]).count());
        yield_now();
        watcher.kill();
        assert!(watcher.wait().unwrap_err().is_killed());
        semaphore.release();
        event.send(());
        assert!(semaphore.try_acquire().is_some());
        thread.wait().unwrap();
    });
}
