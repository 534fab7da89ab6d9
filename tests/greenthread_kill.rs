//! Killing and cancelling, from every side and in every state.

use std::time::Duration;

use eventlet::{Semaphore, current, sleep, spawn, spawn_after};
use eventlet_tests::{Log, OnDrop, check, panic_of, sleeper, yield_now};

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
fn an_unstarted_one_is_not_dead_before_what_it_captured_is_dropped() {
    check(|| {
        let semaphore = Semaphore::new(0);
        let theirs = semaphore.clone();
        let waits_at_its_end = OnDrop(move || theirs.acquire().forget());
        let delayed = spawn_after(Duration::from_secs(60), move || drop(waits_at_its_end));
        let handle = delayed.handle();
        let killer = spawn(move || handle.kill());
        yield_now();
        assert!(!delayed.is_dead() && delayed.exit_status().is_none());
        // Nor is it killed twice.
        delayed.kill();
        semaphore.release();
        killer.wait().unwrap();
        assert!(delayed.is_dead() && delayed.exit_status().unwrap().is_killed());
        assert_eq!(semaphore.balance(), 0);
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
