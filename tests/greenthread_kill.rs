//! Killing and cancelling, from every side and in every state.

use std::cell::RefCell;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{GreenThread, current, debug, sleep, spawn, spawn_after, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

/// A green thread that has begun, waits for an hour, and notes its end.
fn sleeper(log: &Log) -> GreenThread<()> {
    let log = log.clone();
    let thread = spawn(move || {
        let _noted = log.on_drop("unwound");
        sleep(Duration::from_secs(3600));
        log.add("woke");
    });
    yield_now();
    assert!(thread.handle().is_running());
    thread
}

/// The function: the target's destructors run before it returns.
#[test]
fn kill() {
    check(|| {
        let log = Log::new();
        let thread = sleeper(&log);
        eventlet::kill(&thread.handle());
        assert_eq!(log.take(), "unwound");
        assert!(thread.is_dead());
        let exit = thread.wait().unwrap_err();
        assert!(exit.is_killed() && !exit.is_panic());
        assert_eq!(exit.to_string(), "the green thread was killed");
    });
}

/// The method.
#[test]
fn kill_meth() {
    check(|| {
        let log = Log::new();
        let thread = sleeper(&log);
        thread.kill();
        assert_eq!(log.take(), "unwound");
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

#[test]
fn kill_n() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let handle = eventlet::spawn_n(move || {
            let _noted = theirs.on_drop("unwound");
            sleep(Duration::MAX);
        });
        yield_now();
        handle.kill();
        assert_eq!(log.take(), "unwound");
        assert!(handle.is_dead());
    });
}

#[test]
fn kill_of_an_unstarted_one_never_runs_its_body() {
    check(|| {
        let log = Log::new();
        let captured = log.on_drop("captured");
        let thread = spawn(move || {
            drop(captured);
            unreachable!("it was killed before it began")
        });
        let theirs = log.clone();
        thread.link(move |status| theirs.add(format!("link:{}", status.is_killed())));
        thread.kill();
        assert_eq!(log.take(), "captured link:true");
        assert!(thread.is_dead());
        yield_now();
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

#[test]
fn kill_of_an_unstarted_one_wakes_its_waiter() {
    check(|| {
        let thread = spawn_after(Duration::from_secs(60), || unreachable!("killed before"));
        let handle = thread.handle();
        let waiting = spawn(move || thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
        yield_now();
        handle.kill();
        assert!(waiting.wait().unwrap());
    });
}

#[test]
fn kill_of_itself_unwinds_at_once() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || {
            let _noted = theirs.on_drop("unwound");
            current().kill();
            theirs.add("went on");
        });
        assert!(thread.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "unwound");
    });
}

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

#[test]
fn kill_twice_and_kill_a_dead_one() {
    check(|| {
        let log = Log::new();
        let thread = sleeper(&log);
        thread.kill();
        thread.kill();
        assert_eq!(log.take(), "unwound");
        assert!(thread.wait().unwrap_err().is_killed());

        let done = spawn(|| 7);
        yield_now();
        done.kill();
        assert_eq!(done.wait().unwrap(), 7, "the result of a dead one is not taken away");
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

#[test]
fn cancel() {
    check(|| {
        let thread = spawn(|| unreachable!("it was cancelled"));
        assert!(thread.cancel());
        assert!(thread.is_dead());
        assert!(!thread.cancel(), "it is dead by now");
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

#[test]
fn cancel_already_started() {
    check(|| {
        let thread = spawn(|| {
            yield_now();
            22
        });
        yield_now();
        assert!(!thread.cancel());
        assert_eq!(thread.wait().unwrap(), 22);
    });
}

#[test]
fn cancel_of_a_delayed_start_leaves_no_timer() {
    check(|| {
        let thread = spawn_after(Duration::from_secs(60), || unreachable!("it was cancelled"));
        assert_eq!(eventlet::hubs::get_hub().stats().timers, 1);
        assert!(thread.cancel());
        assert_eq!(eventlet::hubs::get_hub().stats().timers, 0);
        drop(thread);
    });
}

/// The main context belongs to the program; whoever tries to kill it is told so.
#[test]
fn a_kill_of_the_main_context_is_refused() {
    check(|| {
        let main = current();
        let killer = spawn(move || panic_of(|| main.kill()));
        yield_now();
        let refused = "the main context cannot be killed: it ends by returning from `main`";
        assert_eq!(killer.wait().unwrap(), refused);
        assert_eq!(panic_of(|| current().kill()), refused);
    });
}
