//! What std documents about poisoned mutexes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread;

use eventlet_tests::check;

/// Locks a mutex, writes, and panics.
fn spoil(mutex: &Arc<Mutex<i32>>, value: i32) {
    let theirs = mutex.clone();
    let died = thread::spawn(move || {
        let mut guard = theirs.lock().unwrap_or_else(PoisonError::into_inner);
        *guard = value;
        panic!("while it is locked");
    });
    assert!(died.join().is_err());
}

fn spoiled() -> Arc<Mutex<i32>> {
    let mutex = Arc::new(Mutex::new(0));
    spoil(&mutex, 7);
    mutex
}

#[test]
fn a_panic_of_the_holder_poisons() {
    check(|| {
        let mutex = spoiled();
        assert!(mutex.is_poisoned());
        let error = mutex.lock().unwrap_err();
        assert_eq!(*error.into_inner(), 7);
        // It was unlocked all the same, and stays poisoned.
        assert!(mutex.lock().is_err());
    });
}

#[test]
fn a_panic_of_someone_else_does_not_poison() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let theirs = mutex.clone();
        let died = thread::spawn(move || {
            drop(theirs.lock().unwrap());
            panic!("after it was unlocked");
        });
        assert!(died.join().is_err());
        assert!(!mutex.is_poisoned());
        assert!(mutex.lock().is_ok());
    });
}

#[test]
fn try_lock_says_so_and_locks() {
    check(|| {
        let mutex = spoiled();
        let Err(TryLockError::Poisoned(error)) = mutex.try_lock() else { panic!("poisoned") };
        let guard = error.into_inner();
        assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
        drop(guard);
        assert!(matches!(mutex.try_lock(), Err(TryLockError::Poisoned(_))));
    });
}

#[test]
fn who_waits_is_told() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let waiter = thread::spawn(move || theirs.lock().is_err());
        thread::yield_now();
        let died = catch_unwind(AssertUnwindSafe(move || {
            let _guard = guard;
            panic!("while others may wait");
        }));
        assert!(died.is_err());
        assert!(waiter.join().unwrap());
    });
}

#[test]
fn a_panic_that_is_caught_in_the_same_thread_poisons() {
    check(|| {
        let mutex = Mutex::new(1);
        let died = catch_unwind(|| {
            let _guard = mutex.lock().unwrap();
            panic!("here");
        });
        assert!(died.is_err());
        assert!(mutex.is_poisoned());
    });
}

#[test]
fn the_error_gives_the_guard_in_three_ways() {
    check(|| {
        let mutex = spoiled();
        let mut error = mutex.lock().unwrap_err();
        assert_eq!(**error.get_ref(), 7);
        **error.get_mut() = 8;
        assert_eq!(*error.into_inner(), 8);
    });
}

#[test]
fn who_owns_it_is_told_and_gets_the_data() {
    check(|| {
        let mut mutex = Arc::try_unwrap(spoiled()).unwrap();
        *mutex.get_mut().unwrap_err().into_inner() += 1;
        assert_eq!(mutex.into_inner().unwrap_err().into_inner(), 8);
    });
}

#[test]
fn it_can_be_cleared() {
    check(|| {
        let mutex = spoiled();
        mutex.clear_poison();
        assert!(!mutex.is_poisoned());
        assert_eq!(*mutex.lock().unwrap(), 7);
        // And comes again.
        spoil(&mutex, 9);
        assert!(mutex.is_poisoned());
    });
}

#[test]
fn it_can_be_cleared_by_who_holds_it() {
    check(|| {
        let mutex = spoiled();
        let guard = mutex.lock().unwrap_or_else(|mut error| {
            **error.get_mut() = 1;
            mutex.clear_poison();
            error.into_inner()
        });
        assert_eq!(*guard, 1);
        drop(guard);
        assert!(mutex.lock().is_ok());
    });
}

#[test]
fn a_panic_poisons_all_that_is_held() {
    check(|| {
        let mutexes = Arc::new([Mutex::new(0), Mutex::new(1), Mutex::new(2)]);
        let theirs = mutexes.clone();
        let died = thread::spawn(move || {
            let _first = theirs[0].lock().unwrap();
            drop(theirs[1].lock().unwrap());
            let _last = theirs[2].lock().unwrap();
            panic!("with two");
        });
        assert!(died.join().is_err());
        assert_eq!(mutexes.each_ref().map(Mutex::is_poisoned), [true, false, true]);
    });
}

/// Calls a function while a panic is under way.
struct WhileUnwinding<F: FnMut()>(F);

impl<F: FnMut()> Drop for WhileUnwinding<F> {
    fn drop(&mut self) {
        assert!(thread::panicking());
        (self.0)();
    }
}

#[test]
fn one_that_is_locked_while_unwinding_is_not_poisoned() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let theirs = mutex.clone();
        let died = thread::spawn(move || {
            let _later = WhileUnwinding(|| *theirs.lock().unwrap() += 1);
            panic!("before it is locked");
        });
        assert!(died.join().is_err());
        assert_eq!(*mutex.lock().unwrap(), 1);
    });
}

#[test]
fn a_second_panic_inside_the_first_does_not_poison() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let theirs = mutex.clone();
        let died = thread::spawn(move || {
            let _later = WhileUnwinding(|| {
                let second = catch_unwind(AssertUnwindSafe(|| {
                    let _guard = theirs.lock().unwrap();
                    panic!("the second");
                }));
                assert!(second.is_err());
            });
            panic!("the first");
        });
        assert!(died.join().is_err());
        assert!(!mutex.is_poisoned());
    });
}

#[test]
fn a_failed_try_poisons_nothing() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let died = thread::spawn(move || drop(theirs.try_lock().unwrap()));
        assert!(died.join().is_err());
        drop(guard);
        assert!(!mutex.is_poisoned());
    });
}

#[test]
fn it_goes_from_thread_to_thread_by_unwrap() {
    check(|| {
        let mutex = spoiled();
        let (theirs, (sender, receiver)) = (mutex.clone(), mpsc::channel::<i32>());
        let died = thread::spawn(move || sender.send(*theirs.lock().unwrap()).unwrap());
        assert!(receiver.recv().is_err());
        assert!(died.join().is_err());
    });
}

#[test]
fn the_errors_have_texts() {
    check(|| {
        let mutex = spoiled();
        let error = mutex.lock().unwrap_err();
        assert_eq!(error.to_string(), "poisoned lock: another task failed inside");
        assert_eq!(format!("{error:?}"), "PoisonError { .. }");
        let held = mutex.try_lock().unwrap_err();
        let text = "try_lock failed because the operation would block";
        assert_eq!(held.to_string(), text);
        assert_eq!(format!("{held:?}"), r#""WouldBlock""#);
        drop((held, error));
        let poisoned = mutex.try_lock().unwrap_err();
        assert_eq!(poisoned.to_string(), "poisoned lock: another task failed inside");
        assert_eq!(format!("{poisoned:?}"), r#""Poisoned(..)""#);
        let from: TryLockError<_> = PoisonError::new(1).into();
        assert!(matches!(from, TryLockError::Poisoned(error) if *error.get_ref() == 1));
    });
}
