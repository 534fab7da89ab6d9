//! Green calls made by destructors while a green thread unwinds.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread::panicking;
use std::time::Duration;

use eventlet::{debug, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::{Log, OnDrop, check, ms, yield_now};

/// What waits in a lock-like way goes on waiting, since the alternative is a deadlock.
#[test]
fn a_destructor_can_wait_for_a_green_thread() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let victim = spawn(move || {
            let inner = theirs.clone();
            let _on_drop = OnDrop(move || {
                let helper = spawn(|| {
                    sleep(ms(10));
                    "helped"
                });
                inner.add(helper.wait().unwrap());
            });
            sleep(Duration::from_secs(3600));
            theirs.add("woke");
        });
        yield_now();
        victim.kill();
        log.add("killer");
        assert!(!victim.is_dead(), "the killer goes on when its victim waits again");
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "killer helped");
    });
}

/// Meanwhile others can kill, panic, catch, time out and end.
#[test]
fn others_work_while_one_waits_in_the_middle_of_unwinding() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let helper = spawn(|| sleep(ms(50)));
        let victim = spawn(move || {
            let mut helper = Some(helper);
            let _on_drop = OnDrop(move || helper.take().unwrap().wait().unwrap());
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();

        let theirs = log.clone();
        let worker = spawn(move || {
            let before = debug::now();
            sleep(ms(5));
            theirs.add(debug::now() - before >= ms(5));
            theirs.add(with_timeout(ms(5), || sleep(ms(500))).is_err());
            theirs.add(spawn(|| panic!("expected")).wait().map(|(): ()| ()).is_err());
            let other = spawn(|| sleep(Duration::from_secs(3600)));
            yield_now();
            other.kill();
            theirs.add(other.wait().unwrap_err().is_killed());
            theirs.add(catch_unwind(|| panic!("expected, too")).is_err());
        });
        worker.wait().unwrap();
        assert_eq!(log.take(), "true true true true true");
        assert!(!victim.is_dead());
        assert!(victim.wait().unwrap_err().is_killed());
        assert!(!panicking());
    });
}

#[test]
fn a_second_kill_does_not_disturb_the_unwinding() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let helper = spawn(|| sleep(ms(50)));
        let theirs = log.clone();
        let victim = spawn(move || {
            let mut helper = Some(helper);
            let _on_drop = OnDrop(move || {
                helper.take().unwrap().wait().unwrap();
                theirs.add("waited to the end");
            });
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        victim.kill();
        assert!(!victim.is_dead());
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "waited to the end");
    });
}

/// A switch in the middle of unwinding would let everyone else see `panicking()`.
#[test]
fn sleep_while_unwinding_returns_at_once() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let disturbed = Rc::new(Cell::new(false));
        let flag = disturbed.clone();
        let watcher = spawn(move || {
            for _ in 0..50 {
                flag.set(flag.get() || panicking());
                yield_now();
            }
        });
        let theirs = log.clone();
        let victim = spawn(move || {
            let inner = theirs.clone();
            let _on_drop = OnDrop(move || {
                let before = debug::now();
                sleep(Duration::from_secs(60));
                yield_now();
                inner.add(debug::now() == before);
                inner.add(panicking());
            });
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        assert_eq!(log.take(), "true true");
        assert!(victim.is_dead());
        watcher.wait().unwrap();
        assert!(!disturbed.get());
    });
}

#[test]
fn sleep_while_unwinding_from_a_panic_returns_at_once() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let thread = spawn(|| {
            let _on_drop = OnDrop(|| sleep(Duration::from_secs(60)));
            panic!("expected");
        });
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_panic());
        assert_eq!(debug::now(), before);
    });
}

#[test]
fn the_main_context_can_unwind_too() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let log = Log::new();
        let theirs = log.clone();
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _on_drop = OnDrop(|| {
                sleep(Duration::from_secs(60));
                let thread = spawn(|| "joined while unwinding");
                theirs.add(thread.wait().unwrap());
            });
            panic!("expected");
        }));
        assert!(caught.is_err());
        assert_eq!(debug::now(), before);
        assert_eq!(log.take(), "joined while unwinding");
    });
}

/// A kill that a destructor makes: the target ends, the unwinding one does not wait for that.
#[test]
fn a_destructor_can_kill() {
    check(|| {
        let log = Log::new();
        let other = spawn(|| sleep(Duration::from_secs(3600)));
        let (handle, theirs) = (other.handle(), log.clone());
        let victim = spawn(move || {
            let _on_drop = OnDrop(move || {
                handle.kill();
                theirs.add(handle.is_dead());
            });
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        assert_eq!(log.take(), "false");
        assert!(other.wait().unwrap_err().is_killed());
        assert!(victim.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_destructor_can_spawn() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let victim = spawn(move || {
            let theirs = theirs.clone();
            let _on_drop = OnDrop(move || {
                let theirs = theirs.clone();
                spawn(move || theirs.add("heir"));
            });
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        yield_now();
        assert_eq!(log.take(), "heir");
        assert!(victim.wait().unwrap_err().is_killed());
    });
}

/// A destructor of the main context, while it unwinds, makes the first green call of a process.
#[test]
fn the_first_green_call_may_come_while_unwinding() {
    let ended = Child::new().run(|| {
        let caught = catch_unwind(|| {
            let _on_drop = OnDrop(|| assert_eq!(spawn(|| 5).wait().unwrap(), 5));
            panic!("expected");
        });
        assert!(caught.is_err());
    });
    ended.expect_success();
}

#[test]
fn a_panic_in_a_destructor_during_a_kill_aborts() {
    let ended = Child::new().run(|| {
        let victim = eventlet::Builder::new().name("unlucky").spawn(|| {
            let _on_drop = OnDrop(|| panic!("out of a destructor"));
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.unwrap().kill();
    });
    ended
        .expect_abort()
        .expect_stderr("thread 'unlucky' (green) panicked at")
        .expect_stderr("out of a destructor")
        .expect_stderr("panic in a destructor during cleanup");
}

#[test]
fn one_that_caught_a_kill_can_sleep_while_another_unwinds() {
    check(|| {
        debug::pause_clock();
        let helper = spawn(|| sleep(ms(50)));
        let victim = spawn(move || {
            let mut helper = Some(helper);
            let _on_drop = OnDrop(move || helper.take().unwrap().wait().unwrap());
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        let worker = spawn(move || {
            assert!(catch_unwind(|| eventlet::current().kill()).is_err());
            let before = debug::now();
            sleep(ms(5));
            debug::now() - before
        });
        assert_eq!(worker.wait().unwrap(), ms(5));
        assert!(victim.wait().unwrap_err().is_killed());
    });
}

/// It is on its way out already, and stays what it is: one that unwinds.
#[test]
fn a_kill_of_itself_while_unwinding_changes_nothing() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let helper = spawn(|| sleep(ms(50)));
        let other = spawn(move || {
            let mut helper = Some(helper);
            let _on_drop = OnDrop(move || helper.take().unwrap().wait().unwrap());
            sleep(Duration::from_secs(3600));
        });
        let theirs = log.clone();
        let victim = spawn(move || {
            let _on_drop = OnDrop(move || {
                eventlet::current().kill();
                let before = debug::now();
                sleep(ms(5));
                theirs.add(debug::now() == before);
            });
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        other.kill();
        victim.kill();
        assert!(!other.is_dead(), "one waits in the middle of unwinding");
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "true");
        assert!(other.wait().unwrap_err().is_killed());
    });
}
