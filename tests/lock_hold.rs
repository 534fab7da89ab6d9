//! Locks: who holds them, and for how long.

use eventlet::lock::{Lock, RLock};
use eventlet::{BoundedSemaphore, select, sleep, spawn};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

#[test]
fn a_lock_is_released_once() {
    check(|| {
        let lock = Lock::new();
        let text = panic_of(|| lock.release());
        assert!(text.contains("nobody holds"), "{text}");
        let guard = lock.acquire();
        assert!(lock.acquire_timeout(ms(1)).is_none());
        drop(guard);
        assert!(!lock.is_locked());
    });
}

#[test]
fn a_reentrant_lock_belongs_to_one_green_thread() {
    check(|| {
        let (lock, log) = (RLock::new(), Log::new());
        let guards = [lock.acquire(), lock.acquire(), lock.try_acquire().unwrap()];
        let (theirs, notes) = (lock.clone(), log.clone());
        let other = spawn(move || {
            assert!(theirs.try_acquire().is_none());
            assert!(theirs.acquire_timeout(ms(1)).is_none());
            let _guards = [theirs.acquire(), theirs.acquire()];
            notes.add("taken");
        });
        sleep(ms(10));
        let [first, second, third] = guards;
        drop((third, second));
        yield_now();
        assert_eq!(log.take(), "");
        drop(first);
        // It is the other's already, though that has not run.
        assert!(lock.is_locked() && lock.try_acquire().is_none());
        other.wait().unwrap();
        assert_eq!(log.take(), "taken");
        assert!(!lock.is_locked());
    });
}

#[test]
fn guards_may_be_dropped_by_others() {
    check(|| {
        let lock = RLock::new();
        let guards = (lock.acquire(), lock.acquire());
        let theirs = lock.clone();
        let other = spawn(move || {
            drop(guards);
            theirs.acquire()
        });
        let guard = other.wait().unwrap();
        assert!(lock.try_acquire().is_none(), "it belongs to one that has ended");
        drop(guard);
        assert!(lock.try_acquire().is_some());
    });
}

#[test]
fn one_that_is_killed_when_it_was_given_the_lock() {
    check(|| {
        let lock = RLock::new();
        let guard = lock.acquire();
        let theirs = lock.clone();
        let other = spawn(move || {
            let _guard = theirs.acquire();
            sleep(ms(3_600_000));
        });
        yield_now();
        drop(guard);
        other.kill();
        assert!(other.wait().unwrap_err().is_killed());
        assert!(!lock.is_locked());
    });
}

#[test]
fn locks_and_bounded_semaphores_can_be_selected() {
    check(|| {
        let (lock, semaphore) = (Lock::new(), BoundedSemaphore::new(1));
        let guard = lock.acquire();
        let which = || {
            select! {
                _guard = lock => "lock",
                _permit = semaphore => "semaphore",
            }
        };
        assert_eq!(which(), "semaphore");
        drop(guard);
        assert_eq!(which(), "lock");
        assert_eq!(semaphore.balance(), 1);
    });
}
