//! What std documents about waiting for a `std::sync::Condvar` with a limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, TryLockError, WaitTimeoutResult};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;

const SHORT: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_secs(600);

/// Sets the value from another thread, once that can lock the mutex.
fn setter(shared: &Arc<(Mutex<i32>, Condvar)>, value: i32) -> thread::JoinHandle<()> {
    let shared = shared.clone();
    thread::spawn(move || {
        *shared.0.lock().unwrap() = value;
        shared.1.notify_all();
    })
}

fn shared() -> Arc<(Mutex<i32>, Condvar)> {
    Arc::new((Mutex::new(0), Condvar::new()))
}

#[test]
fn a_wait_ends_at_its_limit() {
    check(|| {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let before = Instant::now();
        let mut guard = mutex.lock().unwrap();
        // A wait may end without reason, and earlier.
        loop {
            let (next, result) = changed.wait_timeout(guard, SHORT).unwrap();
            guard = next;
            if result.timed_out() {
                break;
            }
        }
        assert!(before.elapsed() >= SHORT);
        assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
        assert_eq!(*guard, 1);
    });
}

#[test]
fn a_limit_of_nothing_is_reached() {
    check(|| {
        let (mutex, changed) = (Mutex::new(()), Condvar::new());
        let guard = mutex.lock().unwrap();
        let (_guard, result) = changed.wait_timeout(guard, Duration::ZERO).unwrap();
        assert!(result.timed_out());
    });
}

#[test]
fn a_notification_before_the_limit_ends_the_wait() {
    check(|| {
        let shared = shared();
        let mut guard = shared.0.lock().unwrap();
        let setter = setter(&shared, 1);
        while *guard == 0 {
            let (next, result) = shared.1.wait_timeout(guard, LONG).unwrap();
            assert!(!result.timed_out());
            guard = next;
        }
        drop(guard);
        setter.join().unwrap();
    });
}

#[test]
fn the_longest_limit_is_no_limit() {
    check(|| {
        let shared = shared();
        let guard = shared.0.lock().unwrap();
        let setter = setter(&shared, 1);
        let waited = shared.1.wait_timeout_while(guard, Duration::MAX, |value| *value == 0);
        let (guard, result) = waited.unwrap();
        assert_eq!((*guard, result.timed_out()), (1, false));
        drop(guard);
        setter.join().unwrap();
    });
}

#[test]
fn a_notification_that_came_before_is_lost() {
    check(|| {
        let (mutex, changed) = (Mutex::new(()), Condvar::new());
        changed.notify_one();
        changed.notify_all();
        let guard = mutex.lock().unwrap();
        let (_guard, result) = changed.wait_timeout_while(guard, SHORT, |()| true).unwrap();
        assert!(result.timed_out());
    });
}

#[test]
fn milliseconds_do_as_well() {
    #![allow(deprecated)]
    check(|| {
        let shared = shared();
        let mut guard = shared.0.lock().unwrap();
        loop {
            let (next, is_notified) = shared.1.wait_timeout_ms(guard, 5).unwrap();
            guard = next;
            if !is_notified {
                break;
            }
        }
        let setter = setter(&shared, 1);
        while *guard == 0 {
            let (next, is_notified) = shared.1.wait_timeout_ms(guard, 600_000).unwrap();
            assert!(is_notified);
            guard = next;
        }
        drop(guard);
        setter.join().unwrap();
    });
}

#[test]
fn wait_timeout_while_says_that_the_condition_lasts() {
    check(|| {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let before = Instant::now();
        let mut n_looks = 0;
        let waited = changed.wait_timeout_while(mutex.lock().unwrap(), SHORT, |value| {
            n_looks += 1;
            *value == 1
        });
        let (guard, result) = waited.unwrap();
        assert_eq!((*guard, result.timed_out()), (1, true));
        assert!(before.elapsed() >= SHORT);
        assert!(n_looks >= 2, "at first, and in the end");
    });
}

#[test]
fn wait_timeout_while_does_not_wait_for_what_is_so() {
    check(|| {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        for limit in [LONG, Duration::ZERO] {
            let guard = mutex.lock().unwrap();
            let (_guard, result) = changed.wait_timeout_while(guard, limit, |n| *n == 0).unwrap();
            assert!(!result.timed_out());
        }
        let guard = mutex.lock().unwrap();
        let zero = Duration::ZERO;
        let (_guard, result) = changed.wait_timeout_while(guard, zero, |n| *n == 1).unwrap();
        assert!(result.timed_out());
    });
}

#[test]
fn other_changes_do_not_make_the_limit_longer() {
    check(|| {
        let shared = shared();
        let theirs = shared.clone();
        let (stop, stopped) = mpsc::channel::<()>();
        let noise = thread::spawn(move || {
            while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
                theirs.1.notify_all();
                thread::yield_now();
            }
        });
        let guard = shared.0.lock().unwrap();
        let (guard, result) = shared.1.wait_timeout_while(guard, SHORT, |n| *n == 0).unwrap();
        assert!(result.timed_out());
        drop((guard, stop));
        noise.join().unwrap();
    });
}

#[test]
fn poison_comes_with_the_result() {
    check(|| {
        let shared = shared();
        let poisoned = catch_unwind(AssertUnwindSafe(|| {
            let _guard = shared.0.lock().unwrap();
            panic!("while it is locked");
        }));
        assert!(poisoned.is_err());
        let guard = shared.0.lock().unwrap_err().into_inner();
        let error = shared.1.wait_timeout(guard, Duration::ZERO).unwrap_err();
        let (guard, result) = error.into_inner();
        assert!(result.timed_out());
        // What is so needs no wait, and no lock.
        let (guard, result) = shared.1.wait_timeout_while(guard, SHORT, |n| *n == 1).unwrap();
        assert!(!result.timed_out());
        let error = shared.1.wait_timeout_while(guard, SHORT, |n| *n == 0).unwrap_err();
        assert_eq!(*error.into_inner().0, 0);
    });
}

#[test]
fn one_that_is_late_still_waits_for_the_mutex() {
    // What it sees in the end. It may be late before we have the mutex.
    let try_to_be_first = |_| {
        let shared = shared();
        let theirs = shared.clone();
        let (begins, has_begun) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let guard = theirs.0.lock().unwrap();
            begins.send(()).unwrap();
            let (guard, _) = theirs.1.wait_timeout_while(guard, SHORT, |n| *n == 0).unwrap();
            *guard
        });
        has_begun.recv().unwrap();
        // Locked as soon as the other one waits, and held until it is late.
        let mut guard = shared.0.lock().unwrap();
        thread::sleep(2 * SHORT);
        *guard = 9;
        drop(guard);
        waiter.join().unwrap()
    };
    check(|| assert!((0..20).map(try_to_be_first).any(|seen| seen == 9)));
}

#[test]
fn results_are_plain_values() {
    fn is_plain<T: Copy + Eq + Send + Sync>() {}
    check(|| {
        is_plain::<WaitTimeoutResult>();
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let guard = mutex.lock().unwrap();
        let (guard, late) = changed.wait_timeout(guard, Duration::ZERO).unwrap();
        let (_guard, met) = changed.wait_timeout_while(guard, SHORT, |n| *n == 0).unwrap();
        assert_eq!(format!("{late:?} {met:?}"), "WaitTimeoutResult(true) WaitTimeoutResult(false)");
        let copy = late;
        assert!(copy == late && late != met);
    });
}
