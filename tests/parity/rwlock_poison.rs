//! What std documents about poisoned `std::sync::RwLock`s.

use std::panic::catch_unwind;
use std::sync::{Arc, RwLock, RwLockWriteGuard, TryLockError};
use std::thread;

use eventlet_tests::check;

/// Calls `f` with the lock in a thread that then panics.
fn die_with<R>(lock: &Arc<RwLock<i32>>, f: impl FnOnce(&RwLock<i32>) -> R + Send + 'static) {
    let theirs = lock.clone();
    let died = thread::spawn(move || {
        f(&theirs);
        panic!("it should have before");
    });
    assert!(died.join().is_err());
}

fn spoiled() -> Arc<RwLock<i32>> {
    let lock = Arc::new(RwLock::new(0));
    die_with(&lock, |lock| {
        *lock.write().unwrap() = 7;
        let _guard = lock.write().unwrap();
        panic!("while it writes");
    });
    lock
}

#[test]
fn a_panic_of_a_writer_poisons() {
    check(|| {
        let lock = spoiled();
        assert!(lock.is_poisoned());
        assert_eq!(*lock.read().unwrap_err().into_inner(), 7);
        *lock.write().unwrap_err().into_inner() = 8;
        assert_eq!(**lock.read().unwrap_err().get_ref(), 8);
    });
}

#[test]
fn a_panic_of_a_reader_does_not_poison() {
    check(|| {
        let lock = Arc::new(RwLock::new(0));
        die_with(&lock, |lock| {
            let _guard = lock.read().unwrap();
            panic!("while it reads");
        });
        assert!(!lock.is_poisoned());
        assert!(lock.write().is_ok());
    });
}

#[test]
fn a_panic_of_a_writer_that_goes_on_as_a_reader_does_not_poison() {
    check(|| {
        let lock = Arc::new(RwLock::new(0));
        die_with(&lock, |lock| {
            let _guard = RwLockWriteGuard::downgrade(lock.write().unwrap());
            panic!("while it reads");
        });
        assert!(!lock.is_poisoned());
        assert!(lock.write().is_ok());
    });
}

#[test]
fn a_panic_after_writing_does_not_poison() {
    check(|| {
        let lock = Arc::new(RwLock::new(0));
        die_with(&lock, |lock| *lock.write().unwrap() = 1);
        assert_eq!(*lock.read().unwrap(), 1);
    });
}

#[test]
fn tries_say_so_and_lock() {
    check(|| {
        let lock = spoiled();
        let Err(TryLockError::Poisoned(error)) = lock.try_read() else { panic!("poisoned") };
        assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock)));
        drop(error);
        let Err(TryLockError::Poisoned(error)) = lock.try_write() else { panic!("poisoned") };
        assert!(matches!(lock.try_read(), Err(TryLockError::WouldBlock)));
        assert_eq!(*error.into_inner(), 7);
    });
}

#[test]
fn who_owns_it_is_told_and_gets_the_data() {
    check(|| {
        let mut lock = Arc::try_unwrap(spoiled()).unwrap();
        *lock.get_mut().unwrap_err().into_inner() += 1;
        assert_eq!(lock.into_inner().unwrap_err().into_inner(), 8);
    });
}

#[test]
fn it_can_be_cleared() {
    check(|| {
        let lock = spoiled();
        lock.clear_poison();
        assert!(!lock.is_poisoned());
        assert_eq!(*lock.read().unwrap(), 7);
        *lock.write().unwrap() = 1;
    });
}

#[test]
fn a_panic_that_is_caught_in_the_same_thread_poisons() {
    check(|| {
        let lock = RwLock::new(1);
        let died = catch_unwind(|| {
            let _guard = lock.write().unwrap();
            panic!("here");
        });
        assert!(died.is_err());
        assert!(lock.read().is_err());
    });
}

#[test]
fn who_waits_is_told() {
    check(|| {
        let lock = Arc::new(RwLock::new(0));
        let reading = lock.read().unwrap();
        let theirs = lock.clone();
        let writer = thread::spawn(move || {
            let _guard = theirs.write().unwrap();
            panic!("while it writes");
        });
        thread::yield_now();
        drop(reading);
        assert!(writer.join().is_err());
        assert!(lock.read().is_err());
    });
}

#[test]
fn one_that_is_written_while_unwinding_is_not_poisoned() {
    struct WriteOnDrop(Arc<RwLock<i32>>);
    impl Drop for WriteOnDrop {
        fn drop(&mut self) {
            *self.0.write().unwrap() += 1;
        }
    }
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let theirs = lock.clone();
        die_with(&lock, move |_| {
            let _write = WriteOnDrop(theirs);
            panic!("before it is locked");
        });
        assert_eq!(*lock.read().unwrap(), 2);
    });
}
