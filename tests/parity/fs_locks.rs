//! What std documents about the locks of `std::fs::File`.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

/// The same file, opened twice.
fn two(scratch: &Scratch) -> (File, File) {
    let path = scratch.file("file", "");
    (File::options().write(true).open(&path).unwrap(), File::open(&path).unwrap())
}

fn is_locked(result: Result<(), TryLockError>) -> bool {
    match result {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(error)) => panic!("{error}"),
    }
}

#[test]
fn an_exclusive_lock_keeps_all_others_out() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        assert!(is_locked(other.try_lock()));
        assert!(is_locked(other.try_lock_shared()));
        one.unlock().unwrap();
        assert!(!is_locked(other.try_lock()));
    });
}

#[test]
fn shared_locks_keep_the_exclusive_one_out() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        let third = File::open(scratch.path("file")).unwrap();
        one.lock_shared().unwrap();
        other.lock_shared().unwrap();
        assert!(!is_locked(third.try_lock_shared()));
        third.unlock().unwrap();
        assert!(is_locked(third.try_lock()));
        one.unlock().unwrap();
        assert!(is_locked(third.try_lock()));
        other.unlock().unwrap();
        assert!(!is_locked(third.try_lock()));
    });
}

#[test]
fn closing_gives_the_lock_back() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        let clone = one.try_clone().unwrap();
        drop(one);
        assert!(is_locked(other.try_lock()), "the clone has it");
        drop(clone);
        assert!(!is_locked(other.try_lock()));
    });
}

#[test]
fn clones_have_one_lock() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        let clone = one.try_clone().unwrap();
        clone.unlock().unwrap();
        assert!(!is_locked(other.try_lock()));
    });
}

#[test]
fn unlocking_what_is_not_locked_does_nothing() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        other.lock().unwrap();
        one.unlock().unwrap();
        assert!(is_locked(one.try_lock()));
    });
}

#[test]
fn the_lock_changes_its_kind() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        one.lock_shared().unwrap();
        assert!(!is_locked(other.try_lock_shared()));
        assert!(is_locked(one.try_lock()), "the other one has it, too");
    });
}

#[test]
fn a_lock_is_waited_for() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        let n_steps = Arc::new(AtomicUsize::new(0));
        let theirs = n_steps.clone();
        let waiter = thread::spawn(move || {
            other.lock().unwrap();
            theirs.load(Ordering::SeqCst)
        });
        thread::sleep(Duration::from_millis(20));
        n_steps.store(1, Ordering::SeqCst);
        one.unlock().unwrap();
        assert_eq!(waiter.join().unwrap(), 1);
    });
}

#[test]
fn a_shared_lock_is_waited_for() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        let waiter = thread::spawn(move || other.lock_shared());
        thread::sleep(Duration::from_millis(20));
        drop(one);
        waiter.join().unwrap().unwrap();
    });
}

#[test]
fn many_take_turns() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let n_inside = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..10)
            .map(|_| {
                let (path, n_inside) = (path.clone(), n_inside.clone());
                thread::spawn(move || {
                    let file = File::open(path).unwrap();
                    file.lock().unwrap();
                    assert_eq!(n_inside.fetch_add(1, Ordering::SeqCst), 0);
                    thread::sleep(Duration::from_millis(1));
                    n_inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn the_error_of_a_try_becomes_an_ordinary_one() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = two(&scratch);
        one.lock().unwrap();
        let error = other.try_lock().unwrap_err();
        assert_eq!(error.to_string(), "lock acquisition failed because the operation would block");
        let try_it = || -> std::io::Result<()> { Ok(other.try_lock()?) };
        assert_eq!(try_it().unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}
