//! What std documents about `std::sync::Once`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once, OnceState, mpsc};
use std::thread;
use std::time::Duration;

use eventlet_tests::{check, panic_of};

const POISONED: &str = "Once instance has previously been poisoned";

/// One that has been called by somebody who panicked.
fn poisoned() -> Once {
    let once = Once::new();
    assert_eq!(panic_of(|| once.call_once(|| panic!("expected"))), "expected");
    once
}

#[test]
fn only_the_first_closure_is_called() {
    check(|| {
        let (once, n_calls) = (Once::new(), AtomicUsize::new(0));
        once.call_once(|| _ = n_calls.fetch_add(1, Ordering::SeqCst));
        once.call_once(|| unreachable!());
        once.call_once_force(|_| unreachable!());
        assert_eq!(n_calls.into_inner(), 1);
    });
}

#[test]
fn it_is_complete_when_the_closure_has_returned() {
    check(|| {
        let once = Once::new();
        assert!(!once.is_completed());
        once.call_once(|| assert!(!once.is_completed()));
        assert!(once.is_completed());
    });
}

#[test]
fn the_closure_is_called_in_place() {
    check(|| {
        let (once, caller) = (Once::new(), thread::current().id());
        once.call_once(|| assert_eq!(thread::current().id(), caller));
    });
}

#[test]
fn of_many_threads_one_calls_and_the_others_wait() {
    static START: Once = Once::new();
    static N_CALLS: AtomicUsize = AtomicUsize::new(0);
    check(|| {
        let threads: Vec<_> = (0..10)
            .map(|_| {
                thread::spawn(|| {
                    START.call_once(|| {
                        thread::sleep(Duration::from_millis(3));
                        N_CALLS.fetch_add(1, Ordering::Relaxed);
                    });
                    assert!(START.is_completed());
                    N_CALLS.load(Ordering::Relaxed)
                })
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 1);
        }
    });
}

#[test]
fn others_can_do_something_else_meanwhile() {
    check(|| {
        let once = Arc::new(Once::new());
        let (go, may_go) = mpsc::channel::<()>();
        let theirs = once.clone();
        let running = thread::spawn(move || theirs.call_once(|| may_go.recv().unwrap()));
        let other = thread::spawn(|| 5);
        assert_eq!(other.join().unwrap(), 5);
        assert!(!once.is_completed());
        go.send(()).unwrap();
        running.join().unwrap();
        assert!(once.is_completed());
    });
}

#[test]
fn a_panic_poisons() {
    check(|| {
        let once = poisoned();
        assert!(!once.is_completed());
        assert_eq!(panic_of(|| once.call_once(|| unreachable!())), POISONED);
        assert_eq!(panic_of(|| once.call_once(|| unreachable!())), POISONED);
    });
}

#[test]
fn a_forced_call_makes_a_panic_good() {
    check(|| {
        let once = poisoned();
        once.call_once_force(|state| assert!(state.is_poisoned()));
        assert!(once.is_completed());
        once.call_once(|| unreachable!());
    });
}

#[test]
fn a_forced_call_on_a_new_one_is_an_ordinary_one() {
    check(|| {
        let once = Once::new();
        once.call_once_force(|state| assert!(!state.is_poisoned()));
        assert!(once.is_completed());
    });
}

#[test]
fn a_forced_call_may_panic_itself() {
    check(|| {
        let once = poisoned();
        assert_eq!(panic_of(|| once.call_once_force(|_| panic!("again"))), "again");
        assert_eq!(panic_of(|| once.call_once(|| unreachable!())), POISONED);
        once.call_once_force(|state| assert!(state.is_poisoned()));
        assert!(once.is_completed());
    });
}

#[test]
fn those_who_wait_hear_of_the_panic() {
    check(|| {
        let once = Arc::new(Once::new());
        let (begun, has_begun) = mpsc::channel();
        let theirs = once.clone();
        let panicking = thread::spawn(move || {
            theirs.call_once(|| {
                begun.send(()).unwrap();
                thread::sleep(Duration::from_millis(5));
                panic!("expected");
            });
        });
        has_begun.recv().unwrap();
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let once = once.clone();
                thread::spawn(move || panic_of(|| once.call_once(|| unreachable!())))
            })
            .collect();
        for thread in waiting {
            assert_eq!(thread.join().unwrap(), POISONED);
        }
        assert!(panicking.join().is_err());
    });
}

#[test]
fn one_who_waits_with_force_takes_over_after_a_panic() {
    check(|| {
        let once = Arc::new(Once::new());
        let (begun, has_begun) = mpsc::channel();
        let theirs = once.clone();
        let panicking = thread::spawn(move || {
            theirs.call_once(|| {
                begun.send(()).unwrap();
                thread::sleep(Duration::from_millis(2));
                panic!("expected");
            });
        });
        has_begun.recv().unwrap();
        let was_poisoned = AtomicBool::new(false);
        once.call_once_force(|state| was_poisoned.store(state.is_poisoned(), Ordering::SeqCst));
        assert!(was_poisoned.into_inner());
        assert!(once.is_completed());
        assert!(panicking.join().is_err());
    });
}

#[test]
fn waiting_ends_with_the_call() {
    check(|| {
        let once = Arc::new(Once::new());
        let waiting: Vec<_> = (0..4)
            .map(|n| {
                let once = once.clone();
                thread::spawn(move || {
                    if n % 2 == 0 {
                        once.wait()
                    } else {
                        once.wait_force()
                    }
                    assert!(once.is_completed());
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(2));
        assert!(waiting.iter().all(|thread| !thread.is_finished()));
        once.call_once(|| ());
        waiting.into_iter().for_each(|thread| thread.join().unwrap());
        once.wait();
        once.wait_force();
    });
}

#[test]
fn waiting_for_one_that_is_poisoned_panics() {
    check(|| assert_eq!(panic_of(|| poisoned().wait()), POISONED));
}

#[test]
fn those_who_wait_hear_of_a_panic_that_comes_later() {
    check(|| {
        let once = Arc::new(Once::new());
        let theirs = once.clone();
        let waiting = thread::spawn(move || panic_of(|| theirs.wait()));
        thread::sleep(Duration::from_millis(2));
        assert!(panic::catch_unwind(|| once.call_once(|| panic!("expected"))).is_err());
        assert_eq!(waiting.join().unwrap(), POISONED);
    });
}

#[test]
fn waiting_with_force_outlasts_a_panic() {
    check(|| {
        let once = Arc::new(poisoned());
        let theirs = once.clone();
        let waiting = thread::spawn(move || theirs.wait_force());
        thread::sleep(Duration::from_millis(1));
        assert_eq!(panic_of(|| once.call_once_force(|_| panic!("again"))), "again");
        thread::sleep(Duration::from_millis(1));
        assert!(!waiting.is_finished());
        once.call_once_force(|_| ());
        waiting.join().unwrap();
    });
}

#[test]
fn what_the_closure_did_is_seen_by_all() {
    check(|| {
        let (once, value) = (Once::new(), AtomicUsize::new(0));
        thread::scope(|s| {
            for n in 1..=8 {
                let (once, value) = (&once, &value);
                s.spawn(move || {
                    once.call_once(|| value.store(n, Ordering::Relaxed));
                    assert_ne!(value.load(Ordering::Relaxed), 0);
                });
            }
        });
    });
}

#[test]
fn one_lies_in_another() {
    static OUTER: Once = Once::new();
    static INNER: Once = Once::new();
    check(|| {
        OUTER.call_once(|| INNER.call_once(|| ()));
        assert!(OUTER.is_completed() && INNER.is_completed());
    });
}

#[test]
fn a_call_while_unwinding() {
    check(|| {
        struct OnDrop<'a>(&'a Once);
        impl Drop for OnDrop<'_> {
            fn drop(&mut self) {
                self.0.call_once(|| ());
            }
        }
        let once = Once::new();
        let failed = panic::catch_unwind(AssertUnwindSafe(|| {
            let _on_drop = OnDrop(&once);
            panic!("expected");
        }));
        assert!(failed.is_err());
        assert!(once.is_completed(), "whether the caller unwinds anyway does not matter");
    });
}

#[test]
fn debug_texts() {
    check(|| {
        let once = Once::new();
        assert_eq!(format!("{once:?}"), "Once { .. }");
        once.call_once_force(|state| {
            assert_eq!(format!("{state:?}"), "OnceState { poisoned: false }");
        });
    });
}

#[test]
#[allow(deprecated)]
fn the_old_constant() {
    static START: Once = std::sync::ONCE_INIT;
    check(|| {
        START.call_once(|| ());
        assert!(START.is_completed());
    });
}

#[test]
fn can_be_shared() {
    fn shared<T: Send + Sync + panic::UnwindSafe + panic::RefUnwindSafe>() {}
    shared::<Once>();
    fn sent<T: Send>() {}
    sent::<OnceState>();
}
