//! What std documents about `std::sync::OnceLock`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use eventlet_tests::{check, panic_of};

#[test]
fn empty_until_it_is_set() {
    check(|| {
        let lock = OnceLock::new();
        assert_eq!(lock.get(), None);
        assert_eq!(lock.set(1), Ok(()));
        assert_eq!(lock.get(), Some(&1));
    });
}

#[test]
fn a_second_value_is_given_back() {
    check(|| {
        let lock = OnceLock::new();
        lock.set("first".to_owned()).unwrap();
        assert_eq!(lock.set("second".to_owned()), Err("second".to_owned()));
        assert_eq!(lock.get().unwrap(), "first");
    });
}

#[test]
fn only_the_first_closure_is_called() {
    check(|| {
        let lock = OnceLock::new();
        assert_eq!(*lock.get_or_init(|| 5), 5);
        assert_eq!(*lock.get_or_init(|| unreachable!()), 5);
        assert_eq!(lock.set(6), Err(6));
    });
}

#[test]
fn it_is_the_same_value_for_all() {
    static LOCK: OnceLock<String> = OnceLock::new();
    static N_CALLS: AtomicUsize = AtomicUsize::new(0);
    check(|| {
        let readers: Vec<_> = (0..8)
            .map(|_| {
                thread::spawn(|| {
                    let value = LOCK.get_or_init(|| {
                        thread::sleep(Duration::from_millis(2));
                        N_CALLS.fetch_add(1, Ordering::SeqCst);
                        "made".to_owned()
                    });
                    std::ptr::from_ref(value).addr()
                })
            })
            .collect();
        for reader in readers {
            assert_eq!(reader.join().unwrap(), std::ptr::from_ref(LOCK.get().unwrap()).addr());
        }
        assert_eq!(N_CALLS.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_panic_leaves_it_empty_and_the_next_one_tries() {
    check(|| {
        let lock = OnceLock::new();
        assert_eq!(panic_of(|| *lock.get_or_init(|| panic!("expected"))), "expected");
        assert_eq!(lock.get(), None);
        assert_eq!(panic_of(|| *lock.get_or_init(|| panic!("again"))), "again");
        assert_eq!(*lock.get_or_init(|| 3), 3);
    });
}

#[test]
fn one_who_waits_makes_the_value_after_a_panic() {
    check(|| {
        let lock = Arc::new(OnceLock::new());
        let (begun, has_begun) = mpsc::channel();
        let theirs = lock.clone();
        let panicking = thread::spawn(move || {
            theirs.get_or_init(|| {
                begun.send(()).unwrap();
                thread::sleep(Duration::from_millis(2));
                panic!("expected");
            });
        });
        has_begun.recv().unwrap();
        assert_eq!(*lock.get_or_init(|| "mine"), "mine");
        assert!(panicking.join().is_err());
    });
}

#[test]
fn setting_waits_for_a_value_that_is_being_made() {
    check(|| {
        let lock = Arc::new(OnceLock::new());
        let (begun, has_begun) = mpsc::channel();
        let theirs = lock.clone();
        let making = thread::spawn(move || {
            theirs.get_or_init(|| {
                begun.send(()).unwrap();
                thread::sleep(Duration::from_millis(2));
                "made"
            });
        });
        has_begun.recv().unwrap();
        assert_eq!(lock.set("set"), Err("set"));
        assert_eq!(lock.get(), Some(&"made"));
        making.join().unwrap();
    });
}

#[test]
fn getting_does_not_wait() {
    check(|| {
        let lock = Arc::new(OnceLock::new());
        let (begun, has_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let theirs = lock.clone();
        let making = thread::spawn(move || {
            theirs.get_or_init(|| {
                begun.send(()).unwrap();
                may_go.recv().unwrap();
                1
            });
        });
        has_begun.recv().unwrap();
        assert_eq!(lock.get(), None);
        go.send(()).unwrap();
        making.join().unwrap();
        assert_eq!(lock.get(), Some(&1));
    });
}

#[test]
fn waiting_ends_with_the_value() {
    check(|| {
        let lock = Arc::new(OnceLock::new());
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let lock = lock.clone();
                thread::spawn(move || *lock.wait())
            })
            .collect();
        thread::sleep(Duration::from_millis(2));
        assert!(waiting.iter().all(|thread| !thread.is_finished()));
        lock.set(7).unwrap();
        waiting.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), 7));
        assert_eq!(*lock.wait(), 7);
    });
}

#[test]
fn waiting_outlasts_a_panic() {
    check(|| {
        let lock = Arc::new(OnceLock::<u8>::new());
        let theirs = lock.clone();
        let waiting = thread::spawn(move || *theirs.wait());
        thread::sleep(Duration::from_millis(1));
        assert_eq!(panic_of(|| *lock.get_or_init(|| panic!("expected"))), "expected");
        lock.set(8).unwrap();
        assert_eq!(waiting.join().unwrap(), 8);
    });
}

#[test]
fn it_can_be_changed_by_its_owner() {
    check(|| {
        let mut lock = OnceLock::new();
        assert_eq!(lock.get_mut(), None);
        lock.set(vec![1]).unwrap();
        lock.get_mut().unwrap().push(2);
        assert_eq!(lock.get().unwrap(), &[1, 2]);
    });
}

#[test]
fn it_can_be_taken_and_set_again() {
    check(|| {
        let mut lock = OnceLock::new();
        assert_eq!(lock.take(), None);
        lock.set("first").unwrap();
        assert_eq!(lock.take(), Some("first"));
        assert_eq!(lock.get(), None);
        lock.set("second").unwrap();
        assert_eq!(lock.into_inner(), Some("second"));
        assert_eq!(OnceLock::<u8>::new().into_inner(), None);
    });
}

#[test]
fn the_value_is_dropped_with_it() {
    check(|| {
        let value = Arc::new(());
        let lock = OnceLock::new();
        lock.set(value.clone()).unwrap();
        assert!(lock.set(value.clone()).is_err());
        assert_eq!(Arc::strong_count(&value), 2);
        drop(lock);
        assert_eq!(Arc::strong_count(&value), 1);
    });
}

#[test]
fn traits_of_the_value() {
    check(|| {
        let (empty, full) = (OnceLock::new(), OnceLock::from(3));
        assert_eq!(format!("{empty:?} {full:?}"), "OnceLock(<uninit>) OnceLock(3)");
        assert!(empty != full && full == OnceLock::from(3) && empty == OnceLock::default());
        assert_eq!((empty.clone().get(), full.clone().get()), (None, Some(&3)));
        assert_eq!(full.clone().into_inner(), Some(3));
        fn eq<T: Eq>() {}
        eq::<OnceLock<u8>>();
    });
}

#[test]
fn different_ones_lie_in_each_other() {
    check(|| {
        let (outer, inner) = (OnceLock::new(), OnceLock::new());
        assert_eq!(*outer.get_or_init(|| *inner.get_or_init(|| 2) + 1), 3);
    });
}

#[test]
fn values_without_a_size() {
    check(|| {
        let lock = OnceLock::new();
        assert_eq!(lock.set(()), Ok(()));
        assert_eq!(lock.set(()), Err(()));
    });
}

#[test]
fn a_value_may_be_made_elsewhere() {
    check(|| {
        let lock = OnceLock::new();
        thread::scope(|s| {
            s.spawn(|| lock.set("from a thread").unwrap());
        });
        assert_eq!(lock.into_inner(), Some("from a thread"));
    });
}

#[test]
fn racing_setters_have_one_winner() {
    check(|| {
        let lock = OnceLock::new();
        let n_winners = AtomicUsize::new(0);
        thread::scope(|s| {
            for n in 0..8 {
                let (lock, n_winners) = (&lock, &n_winners);
                s.spawn(move || match lock.set(n) {
                    Ok(()) => _ = n_winners.fetch_add(1, Ordering::SeqCst),
                    Err(lost) => assert_eq!(lost, n),
                });
            }
        });
        assert_eq!(n_winners.into_inner(), 1);
    });
}

#[test]
fn it_can_be_used_after_a_panic_was_caught() {
    check(|| {
        let lock = OnceLock::new();
        let failed = panic::catch_unwind(AssertUnwindSafe(|| {
            lock.set(1).unwrap();
            panic!("expected");
        }));
        assert!(failed.is_err());
        assert_eq!(lock.get(), Some(&1));
    });
}

#[test]
fn can_be_shared() {
    fn shared<T: Send + Sync + panic::UnwindSafe + panic::RefUnwindSafe>() {}
    shared::<OnceLock<String>>();
    fn sent<T: Send>() {}
    sent::<OnceLock<std::cell::Cell<u8>>>();
}
