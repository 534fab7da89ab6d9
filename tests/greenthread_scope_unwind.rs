//! Scopes that are broken off: by kills, timeouts and panics, also while they wait.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use eventlet::{Timeout, debug, scope, sleep, spawn, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

/// Waits for an hour, and notes its end.
fn sleep_noted(log: &Log, entry: &str) {
    let _noted = log.on_drop(entry);
    sleep(Duration::from_secs(3600));
}

#[test]
fn a_kill_while_the_scope_waits() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let owner = spawn(move || {
            let _frame = theirs.on_drop("frame");
            scope(|s| {
                s.spawn(|| sleep_noted(&theirs, "child"));
                let captured = theirs.on_drop("delayed");
                let late = eventlet::Builder::new().delay(ms(60_000));
                drop(late.spawn_scoped(s, move || drop(captured)));
            });
            theirs.add("went on");
        });
        yield_now();
        yield_now();
        owner.kill();
        assert_eq!(log.take(), "delayed child");
        assert!(owner.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "frame");
        assert_eq!(eventlet::hubs::get_hub().stats().timers, 0);
    });
}

#[test]
fn a_kill_while_the_body_waits_for_one_of_them() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let owner = spawn(move || {
            let _frame = theirs.on_drop("frame");
            scope(|s| {
                let first = s.spawn(|| sleep_noted(&theirs, "first"));
                s.spawn(|| sleep_noted(&theirs, "second"));
                first.wait().unwrap();
            });
        });
        yield_now();
        yield_now();
        owner.kill();
        assert_eq!(log.take(), "first second");
        assert!(owner.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "frame");
    });
}

#[test]
fn a_timeout_while_the_scope_waits() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let late = with_timeout(ms(5), || {
            let _frame = log.on_drop("frame");
            scope(|s| {
                s.spawn(|| sleep_noted(&log, "child"));
            });
        });
        assert!(late.is_err());
        assert_eq!(log.take(), "child frame");

        let in_thread = spawn(move || {
            let _limit = Timeout::new(ms(5));
            scope(|s| {
                s.spawn(|| sleep_noted(&log, "child"));
            });
        });
        assert!(in_thread.wait().unwrap_err().is_timeout());
    });
}

/// Those that unwind may take their time, and neither kills nor limits make the scope leave them.
#[test]
fn the_wait_for_the_killed_is_not_interrupted() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let owner = spawn(move || {
            let _frame = theirs.on_drop("frame");
            let limited = with_timeout(ms(20), || {
                scope(|s| {
                    s.spawn(|| {
                        let _slow = OnDrop(|| {
                            spawn(|| sleep(ms(50))).wait().unwrap();
                            theirs.add("slow");
                        });
                        sleep(Duration::MAX);
                    });
                });
            });
            theirs.add(limited.is_err());
        });
        yield_now();
        yield_now();
        let before = debug::now();
        owner.kill();
        assert!(!owner.is_dead());
        sleep(ms(10));
        owner.kill();
        sleep(ms(20));
        assert_eq!(log.take(), "", "neither killed again nor timed out");
        assert!(owner.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "slow frame");
        assert_eq!(debug::now() - before, ms(50));
    });
}

/// What has come meanwhile arrives at the next wait.
#[test]
fn a_kill_and_a_limit_that_come_meanwhile_are_not_lost() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let slow = |log: &Log| {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                scope(|s| {
                    s.spawn(|| {
                        let _slow = OnDrop(|| spawn(|| sleep(ms(50))).wait().unwrap());
                        sleep(Duration::MAX);
                    });
                    yield_now();
                    panic!("expected");
                });
            }));
            log.add(caught.is_err());
            sleep(ms(1));
            log.add("went on");
        };
        let theirs = log.clone();
        let victim = spawn(move || slow(&theirs));
        yield_now();
        yield_now();
        yield_now();
        victim.kill();
        assert!(!victim.is_dead());
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "true");

        assert!(with_timeout(ms(10), || slow(&log)).is_err());
        assert_eq!(log.take(), "true");
        sleep(ms(100));
    });
}

#[test]
fn whoever_is_spawned_while_it_unwinds_does_not_begin() {
    check(|| {
        let log = Log::new();
        let text = panic_of(|| {
            scope(|s| {
                let log = &log;
                s.spawn(move || {
                    let _heir = OnDrop(|| {
                        let captured = log.on_drop("captured");
                        let heir = s.spawn(move || {
                            drop(captured);
                            unreachable!("it is killed before")
                        });
                        log.add(heir.wait().map(|(): ()| ()).unwrap_err().is_killed());
                    });
                    sleep(Duration::MAX);
                });
                yield_now();
                panic!("expected");
            });
        });
        assert_eq!(text, "expected");
        assert_eq!(log.take(), "captured true");
    });
}

/// A scope in a destructor, while its green thread unwinds and others do.
#[test]
fn in_a_destructor() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let other = spawn(|| {
            let _slow = OnDrop(|| spawn(|| sleep(ms(5))).wait().unwrap());
            sleep(Duration::MAX);
        });
        let victim = spawn(move || {
            let _scope = OnDrop(|| {
                let n = Cell::new(0);
                scope(|s| {
                    s.spawn(|| (0..3).for_each(|_| yield_now()));
                    s.spawn(|| n.set(n.get() + 1));
                });
                let broken_off = panic_of(|| {
                    scope(|s| {
                        s.spawn(|| sleep_noted(&theirs, "child"));
                        yield_now();
                        panic!("expected {}", n.get());
                    });
                });
                theirs.add(broken_off);
                let before = debug::now();
                sleep(Duration::MAX);
                theirs.add(debug::now() - before < ms(5000));
            });
            sleep(Duration::MAX);
        });
        yield_now();
        other.kill();
        victim.kill();
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "expected 1 true");
        assert!(other.wait().unwrap_err().is_killed());
    });
}

/// The green thread that has gone on after the kill ends by itself in the end.
#[test]
fn one_that_catches_the_kill_is_waited_for() {
    check(|| {
        debug::pause_clock();
        let frame = Cell::new(0);
        let text = panic_of(|| {
            scope(|s| {
                s.spawn(|| {
                    assert!(catch_unwind(|| sleep(Duration::MAX)).is_err());
                    sleep(ms(50));
                    frame.set(1);
                });
                yield_now();
                panic!("expected");
            });
        });
        assert_eq!((text.as_str(), frame.get()), ("expected", 1));
    });
}

/// Of one that has not begun, the destructor of what it has captured runs in the one who ends the
/// scope. A kill that interrupts it keeps the others neither from being killed nor from being waited
/// for, and arrives later.
#[test]
fn a_kill_that_interrupts_the_dropping_of_a_closure() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let owner = spawn(move || {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                scope(|s| {
                    for name in ["one", "two"] {
                        let log = &theirs;
                        let waiting = OnDrop(move || {
                            let _noted = log.on_drop(name);
                            sleep(ms(50));
                            log.add("slept");
                        });
                        let late = eventlet::Builder::new().delay(ms(60_000));
                        drop(late.spawn_scoped(s, move || drop(waiting)));
                    }
                    panic!("expected");
                });
            }));
            theirs.add(caught.is_err());
            sleep(ms(1));
            theirs.add("went on");
        });
        sleep(ms(10));
        owner.kill();
        assert_eq!(log.take(), "one");
        assert!(owner.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "slept two true");
    });
}
