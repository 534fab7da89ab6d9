//! What std documents about waiting for a `std::sync::Condvar` without a limit.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, TryLockError};
use std::thread;

use eventlet_tests::check;

type Shared<T> = Arc<(Mutex<T>, Condvar)>;

fn shared<T>(value: T) -> Shared<T> {
    Arc::new((Mutex::new(value), Condvar::new()))
}

/// A thread that waits until the value is not zero any more, takes one off, and returns the rest.
fn taker(shared: &Shared<i32>) -> thread::JoinHandle<i32> {
    let shared = shared.clone();
    thread::spawn(move || {
        let (mutex, changed) = &*shared;
        let mut value = mutex.lock().unwrap();
        while *value == 0 {
            value = changed.wait(value).unwrap();
        }
        *value -= 1;
        *value
    })
}

#[test]
fn a_notification_ends_the_wait() {
    check(|| {
        let shared = shared(0);
        let taker = taker(&shared);
        thread::yield_now();
        *shared.0.lock().unwrap() = 5;
        shared.1.notify_one();
        assert_eq!(taker.join().unwrap(), 4);
    });
}

#[test]
fn the_mutex_is_free_while_one_waits_and_held_afterwards() {
    check(|| {
        let shared = shared(0);
        let theirs = shared.clone();
        let (waits, is_waiting) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let (mutex, changed) = &*theirs;
            let value = mutex.lock().unwrap();
            waits.send(()).unwrap();
            let value = changed.wait_while(value, |value| *value == 0).unwrap();
            (*value, matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)))
        });
        is_waiting.recv().unwrap();
        // Locked only once the other one waits.
        let mut value = shared.0.lock().unwrap();
        *value = 3;
        shared.1.notify_one();
        drop(value);
        assert_eq!(waiter.join().unwrap(), (3, true));
        assert!(shared.0.try_lock().is_ok());
    });
}

#[test]
fn one_notification_is_for_one() {
    check(|| {
        let shared = shared(0);
        let mut takers: Vec<_> = (0..5).map(|_| taker(&shared)).collect();
        thread::yield_now();
        for _ in 0..5 {
            *shared.0.lock().unwrap() += 1;
            shared.1.notify_one();
        }
        assert!(takers.drain(..).all(|taker| taker.join().is_ok()));
        assert_eq!(*shared.0.lock().unwrap(), 0);
    });
}

#[test]
fn all_can_be_notified_at_once() {
    check(|| {
        let shared = shared(0);
        let takers: Vec<_> = (0..8).map(|_| taker(&shared)).collect();
        thread::yield_now();
        *shared.0.lock().unwrap() = 8;
        shared.1.notify_all();
        let mut left: Vec<_> = takers.into_iter().map(|taker| taker.join().unwrap()).collect();
        left.sort_unstable();
        assert_eq!(left, [0, 1, 2, 3, 4, 5, 6, 7]);
    });
}

#[test]
fn nobody_needs_to_wait() {
    check(|| {
        let shared = shared(1);
        shared.1.notify_one();
        shared.1.notify_all();
        assert_eq!(taker(&shared).join().unwrap(), 0);
    });
}

#[test]
fn wait_while_does_not_wait_for_what_is_so() {
    check(|| {
        let (mutex, changed) = (Mutex::new(3), Condvar::new());
        let mut n_looks = 0;
        let guard = changed.wait_while(mutex.lock().unwrap(), |value| {
            n_looks += 1;
            *value == 0
        });
        assert_eq!((*guard.unwrap(), n_looks), (3, 1));
    });
}

#[test]
fn wait_while_may_change_the_value() {
    check(|| {
        let (mutex, changed) = (Mutex::new(3), Condvar::new());
        let guard = changed.wait_while(mutex.lock().unwrap(), |value| {
            *value += 1;
            false
        });
        assert_eq!(*guard.unwrap(), 4);
    });
}

#[test]
fn wait_while_goes_on_waiting_after_other_changes() {
    check(|| {
        let shared = shared(0);
        let theirs = shared.clone();
        let waiter = thread::spawn(move || {
            let (mutex, changed) = &*theirs;
            *changed.wait_while(mutex.lock().unwrap(), |value| *value < 10).unwrap()
        });
        for _ in 0..10 {
            thread::yield_now();
            *shared.0.lock().unwrap() += 1;
            shared.1.notify_all();
        }
        assert_eq!(waiter.join().unwrap(), 10);
    });
}

#[test]
fn may_be_notified_with_the_mutex_held() {
    check(|| {
        let shared = shared(0);
        let taker = taker(&shared);
        thread::yield_now();
        let mut value = shared.0.lock().unwrap();
        *value = 1;
        shared.1.notify_all();
        thread::yield_now();
        assert_eq!(*value, 1);
        drop(value);
        assert_eq!(taker.join().unwrap(), 0);
    });
}

#[test]
fn two_threads_take_turns() {
    check(|| {
        let shared = shared((0, Vec::new()));
        let players: Vec<_> = (0..2)
            .map(|me| {
                let shared = shared.clone();
                thread::spawn(move || {
                    let (mutex, changed) = &*shared;
                    for _ in 0..20 {
                        let guard = mutex.lock().unwrap();
                        let mut guard = changed.wait_while(guard, |turn| turn.0 != me).unwrap();
                        guard.1.push(me);
                        guard.0 = 1 - me;
                        changed.notify_one();
                    }
                })
            })
            .collect();
        players.into_iter().for_each(|player| player.join().unwrap());
        let moves = &shared.0.lock().unwrap().1;
        assert!(moves.iter().enumerate().all(|(n, player)| n % 2 == *player));
        assert_eq!(moves.len(), 40);
    });
}

#[test]
fn a_queue_with_little_room_can_be_built_from_it() {
    check(|| {
        const ROOM: usize = 2;
        let shared = shared(VecDeque::new());
        let putters: Vec<_> = (0..4u32)
            .map(|putter| {
                let shared = shared.clone();
                thread::spawn(move || {
                    for n in 0..25 {
                        let items = shared.0.lock().unwrap();
                        let is_full = |items: &mut VecDeque<u32>| items.len() == ROOM;
                        let mut items = shared.1.wait_while(items, is_full).unwrap();
                        items.push_back(putter * 25 + n);
                        shared.1.notify_all();
                    }
                })
            })
            .collect();
        let mut taken = Vec::new();
        while taken.len() < 100 {
            let items = shared.0.lock().unwrap();
            let mut items = shared.1.wait_while(items, |items| items.is_empty()).unwrap();
            assert!(items.len() <= ROOM);
            taken.push(items.pop_front().unwrap());
            shared.1.notify_all();
        }
        putters.into_iter().for_each(|putter| putter.join().unwrap());
        taken.sort_unstable();
        assert!(taken.into_iter().eq(0..100));
    });
}

#[test]
fn one_mutex_may_follow_another() {
    check(|| {
        let changed = Arc::new(Condvar::new());
        for _ in 0..2 {
            let (mutex, theirs) = (Arc::new(Mutex::new(false)), changed.clone());
            let their_mutex = mutex.clone();
            let setter = thread::spawn(move || {
                *their_mutex.lock().unwrap() = true;
                theirs.notify_all();
            });
            assert!(*changed.wait_while(mutex.lock().unwrap(), |is_set| !*is_set).unwrap());
            setter.join().unwrap();
        }
    });
}

/// Sets the value to `n`, and poisons the mutex.
fn spoil(shared: &Shared<i32>, n: i32) {
    let poisoned = catch_unwind(AssertUnwindSafe(|| {
        let mut value = shared.0.lock().unwrap();
        *value = n;
        shared.1.notify_all();
        panic!("while it is locked");
    }));
    assert!(poisoned.is_err());
}

#[test]
fn who_waits_is_told_that_the_mutex_is_poisoned() {
    check(|| {
        let shared = shared(0);
        let theirs = shared.clone();
        let (waits, is_waiting) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let value = theirs.0.lock().unwrap();
            waits.send(()).unwrap();
            let mut waited = theirs.1.wait(value);
            while let Ok(value) = waited {
                // A wait may end without reason.
                waited = theirs.1.wait(value);
            }
            *waited.unwrap_err().into_inner()
        });
        is_waiting.recv().unwrap();
        spoil(&shared, 7);
        assert_eq!(waiter.join().unwrap(), 7);
    });
}

#[test]
fn wait_while_ends_when_the_mutex_is_poisoned() {
    check(|| {
        let shared = shared(0);
        let theirs = shared.clone();
        let (waits, is_waiting) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let value = theirs.0.lock().unwrap();
            waits.send(()).unwrap();
            // The condition is not looked at again.
            *theirs.1.wait_while(value, |value| *value == 0).unwrap_err().into_inner()
        });
        is_waiting.recv().unwrap();
        spoil(&shared, 0);
        assert_eq!(waiter.join().unwrap(), 0);
    });
}

#[test]
fn a_mutex_that_was_poisoned_before_is_told_of_after_the_wait() {
    check(|| {
        let shared = shared(0);
        spoil(&shared, 1);
        let theirs = shared.clone();
        let guard = shared.0.lock().unwrap_err().into_inner();
        let setter = thread::spawn(move || {
            *theirs.0.lock().unwrap_err().into_inner() = 2;
            theirs.1.notify_all();
        });
        assert_eq!(**shared.1.wait(guard).unwrap_err().get_ref(), 2);
        setter.join().unwrap();
    });
}

#[test]
fn a_condition_that_panics_poisons() {
    check(|| {
        let shared = shared(0);
        let theirs = shared.clone();
        let died = thread::spawn(move || {
            drop(theirs.1.wait_while(theirs.0.lock().unwrap(), |_| panic!("no answer")));
        });
        assert!(died.join().is_err());
        assert!(shared.0.is_poisoned());
    });
}

#[test]
fn a_destructor_waits_for_it_while_unwinding() {
    struct WaitOnDrop(Shared<i32>);
    impl Drop for WaitOnDrop {
        fn drop(&mut self) {
            let (mutex, changed) = &*self.0;
            let mut value = changed.wait_while(mutex.lock().unwrap(), |n| *n == 0).unwrap();
            *value += 1;
        }
    }
    check(|| {
        let shared = shared(0);
        let theirs = shared.clone();
        let died = thread::spawn(move || {
            let _wait = WaitOnDrop(theirs);
            panic!("and waits");
        });
        for _ in 0..10 {
            thread::yield_now();
        }
        *shared.0.lock().unwrap() = 1;
        shared.1.notify_one();
        assert!(died.join().is_err());
        assert_eq!(*shared.0.lock().unwrap(), 2);
    });
}

#[test]
fn has_the_traits_of_a_thing_that_is_shared() {
    fn is_shared<T: Send + Sync + UnwindSafe + RefUnwindSafe + Default>() {}
    static CHANGED: Condvar = Condvar::new();
    check(|| {
        is_shared::<Condvar>();
        CHANGED.notify_one();
        assert_eq!(format!("{CHANGED:?}"), "Condvar { .. }");
        assert_eq!(format!("{:?}", Condvar::default()), "Condvar { .. }");
    });
}
