//! Killing: who runs when, and what a target may do about it.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use eventlet::{
    Handle, current, debug, kill_all, sleep, spawn, spawn_after, spawn_n, with_timeout,
};
use eventlet_tests::{Log, OnDrop, check, ms, sleeper, yield_now};

#[test]
fn one_that_catches_the_kill_ends_normally() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || {
            let caught = catch_unwind(|| sleep(Duration::from_secs(3600)));
            theirs.add(caught.is_err());
            yield_now();
            theirs.add("went on");
            "normal"
        });
        yield_now();
        thread.kill();
        assert_eq!(log.take(), "true", "the killer goes on when its victim waits again");
        assert!(!thread.is_dead());
        assert_eq!(thread.wait().unwrap(), "normal");
        assert_eq!(log.take(), "went on");
    });
}

/// Whichever way a kill was raised, a later timeout must be able to end a wait.
#[test]
fn timeouts_work_after_a_caught_kill_of_itself() {
    check(|| {
        debug::pause_clock();
        let thread = spawn(|| {
            assert!(catch_unwind(|| current().kill()).is_err());
            with_timeout(ms(5), || sleep(ms(500))).is_err()
        });
        assert!(thread.wait().unwrap());
    });
}

#[test]
fn timeouts_work_after_a_kill_that_was_caught_in_a_yield() {
    check(|| {
        debug::pause_clock();
        let thread = spawn(|| {
            assert!(
                catch_unwind(|| loop {
                    yield_now()
                })
                .is_err()
            );
            with_timeout(ms(5), || sleep(ms(500))).is_err()
        });
        yield_now();
        thread.kill();
        assert!(thread.wait().unwrap());
    });
}

#[test]
fn one_that_caught_a_kill_can_be_killed_again() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || {
            let _noted = theirs.on_drop("unwound");
            assert!(
                catch_unwind(|| loop {
                    yield_now()
                })
                .is_err()
            );
            theirs.add("caught");
            loop {
                yield_now();
            }
        });
        yield_now();
        thread.kill();
        assert_eq!(log.take(), "caught");
        thread.kill();
        assert_eq!(log.take(), "unwound");
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

/// The target runs first, the killer after.
#[test]
fn kill_already_started() {
    check(|| {
        let log = Log::new();
        let thread = sleeper(&log);
        let theirs = log.clone();
        let bystander = spawn(move || theirs.add("bystander"));
        let handle = thread.handle();
        let theirs = log.clone();
        let killer = spawn(move || {
            theirs.add("killing");
            handle.kill();
            theirs.add("killer");
        });
        killer.wait().unwrap();
        assert_eq!(log.take(), "bystander killing unwound killer");
        bystander.wait().unwrap();
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn the_target_runs_before_those_that_were_runnable() {
    check(|| {
        let log = Log::new();
        let thread = sleeper(&log);
        let theirs = log.clone();
        let bystander = spawn(move || theirs.add("bystander"));
        thread.kill();
        log.add("killer");
        assert_eq!(log.take(), "unwound bystander killer");
        bystander.wait().unwrap();
        drop(thread);
    });
}

#[test]
fn a_runnable_one_is_killed_once() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || {
            let _noted = theirs.on_drop("unwound");
            loop {
                theirs.add("turn");
                yield_now();
            }
        });
        yield_now();
        assert_eq!(log.take(), "turn");
        thread.kill();
        assert_eq!(log.take(), "unwound");
        yield_now();
        yield_now();
        assert_eq!(log.take(), "");
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

/// What was handed over is not lost: the victim sees its result, and ends at its next wait.
#[test]
fn a_wake_that_came_before_the_kill_is_taken_first() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let worker = spawn(|| 5);
        let waiter = spawn(move || {
            theirs.add(worker.wait().unwrap());
            sleep(Duration::from_secs(3600));
            theirs.add("woke");
        });
        let handle = waiter.handle();
        let theirs = log.clone();
        // Runs right after the worker has ended and woken its waiter.
        let killer = spawn(move || {
            handle.kill();
            theirs.add("killer");
        });
        killer.wait().unwrap();
        assert_eq!(log.take(), "5 killer");
        assert!(waiter.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_killer_can_be_killed() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let killer_handle = Rc::new(RefCell::new(None::<eventlet::Handle>));
        let slot = killer_handle.clone();
        let victim = spawn(move || {
            let revenge = OnDrop(|| slot.borrow().as_ref().unwrap().kill());
            let _noted = theirs.on_drop("victim unwound");
            sleep(Duration::from_secs(3600));
            drop(revenge);
        });
        yield_now();
        let (handle, theirs) = (victim.handle(), log.clone());
        let killer = spawn(move || {
            let _noted = theirs.on_drop("killer unwound");
            handle.kill();
            theirs.add("killed");
            sleep(Duration::from_secs(3600));
        });
        *killer_handle.borrow_mut() = Some(killer.handle());
        assert!(killer.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "victim unwound killed killer unwound");
        assert!(victim.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_killer_that_is_killed_kills_the_others_too() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let waits = OnDrop(|| sleep(ms(1000)));
        let first = spawn_after(ms(60_000), move || drop(waits));
        let others = [sleeper(&log), spawn_after(ms(60_000), || ())];
        let handles = [first.handle(), others[0].handle(), others[1].handle()];
        let killer = spawn(move || kill_all(handles));
        sleep(ms(10));
        killer.kill();
        assert!(others.iter().all(|other| other.is_dead()));
        assert!(killer.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "unwound");
        first.wait().unwrap_err();
    });
}

#[test]
fn of_two_that_kill_each_other_the_first_wins() {
    check(|| {
        let log = Log::new();
        let slot = Rc::new(RefCell::new(Vec::<eventlet::Handle>::new()));
        let make = |other: usize| {
            let (slot, log) = (slot.clone(), log.clone());
            spawn(move || {
                let _noted = log.on_drop(format!("{} unwound", 1 - other));
                yield_now();
                let target = slot.borrow()[other].clone();
                target.kill();
                log.add(format!("{} went on", 1 - other));
                sleep(Duration::from_secs(3600));
            })
        };
        let (first, second) = (make(1), make(0));
        slot.borrow_mut().extend([first.handle(), second.handle()]);
        yield_now();
        assert_eq!(log.take(), "");
        yield_now();
        yield_now();
        assert_eq!(log.take(), "1 unwound 0 went on");
        assert!(second.wait().unwrap_err().is_killed());
        first.kill();
        assert!(first.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "0 unwound");
    });
}

/// Whatever else the hub has to look at in between.
#[test]
fn a_killed_thread_has_ended_when_the_kill_returns() {
    check(|| {
        for _ in 0..500 {
            let thread = spawn(|| sleep(Duration::from_secs(3600)));
            sleep(Duration::ZERO);
            thread.kill();
            assert!(thread.is_dead());
        }
    });
}

/// However many have been killed before, and others have run in between.
#[test]
fn nobody_runs_between_a_kill_and_its_victim() {
    check(|| {
        let victim = Rc::new(RefCell::new(None::<Handle>));
        let seen = victim.clone();
        let watcher = spawn(move || {
            loop {
                let is_alive = seen.borrow().as_ref().is_some_and(|victim| !victim.is_dead());
                assert!(!is_alive, "the victim has not had its turn");
                sleep(Duration::ZERO);
            }
        });
        for _ in 0..200 {
            let thread = spawn(|| sleep(Duration::from_secs(3600)));
            sleep(Duration::ZERO);
            *victim.borrow_mut() = Some(thread.handle());
            thread.kill();
            victim.take();
        }
        watcher.kill();
        assert!(watcher.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

/// Two that kill each other, and survive it, for as long as nobody stops them.
#[test]
fn a_fight_keeps_nobody_out() {
    check(|| {
        let fighters = Rc::new(RefCell::new(Vec::<Handle>::new()));
        let is_over = Rc::new(Cell::new(false));
        for other in [1, 0] {
            let (fighters, is_over) = (fighters.clone(), is_over.clone());
            let theirs = fighters.clone();
            let fighter = spawn_n(move || {
                // One that has not begun could not survive.
                let _ = catch_unwind(|| sleep(Duration::ZERO));
                while !is_over.get() {
                    let _ = catch_unwind(AssertUnwindSafe(|| {
                        let enemy = fighters.borrow()[other].clone();
                        enemy.kill();
                        sleep(Duration::ZERO);
                    }));
                }
            });
            theirs.borrow_mut().push(fighter);
        }
        for _ in 0..100 {
            sleep(Duration::ZERO);
        }
        is_over.set(true);
        while !fighters.borrow().iter().all(Handle::is_dead) {
            sleep(Duration::ZERO);
        }
        fighters.take();
    });
}
