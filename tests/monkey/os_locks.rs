//! Locks of files, which green threads hold while they wait for something else.

use std::cell::Cell;
use std::fs::{File, TryLockError};
use std::thread;

use eventlet::{scope, with_timeout};
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{ms, timed};

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

/// The same file, opened anew: locks are those of an open file.
fn open(scratch: &Scratch) -> File {
    File::options().create(true).append(true).open(scratch.path("locked")).unwrap()
}

#[test]
fn one_green_thread_at_a_time() {
    check(|| {
        let scratch = Scratch::new();
        let (holds, n) = (Cell::new(false), Cell::new(0));
        scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    let file = open(&scratch);
                    file.lock().unwrap();
                    assert!(!holds.replace(true));
                    thread::sleep(ms(2));
                    holds.set(false);
                    n.set(n.get() + 1);
                    file.unlock().unwrap();
                });
            }
        });
        assert_eq!(n.get(), 20);
    });
}

#[test]
fn readers_share_and_trying_does_not_wait() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other, writer) = (open(&scratch), open(&scratch), open(&scratch));
        one.lock_shared().unwrap();
        other.lock_shared().unwrap();
        assert!(matches!(writer.try_lock(), Err(TryLockError::WouldBlock)));
        drop((one, other));
        writer.lock().unwrap();
    });
}

#[test]
fn an_os_thread_holds_it() {
    check(|| {
        let scratch = Scratch::new();
        let (theirs, ours) = (open(&scratch), open(&scratch));
        theirs.lock().unwrap();
        let holder = timed(ms(100), || {
            let holder = thread::spawn(move || {
                thread::sleep(ms(100));
                drop(theirs);
            });
            ours.lock().unwrap();
            holder
        });
        holder.join().unwrap();
    });
}

#[test]
fn a_timeout_ends_the_wait() {
    check(|| {
        let scratch = Scratch::new();
        let (theirs, ours) = (open(&scratch), open(&scratch));
        theirs.lock().unwrap();
        let mut error = None;
        assert!(with_timeout(ms(50), || error = ours.lock().unwrap_err().raw_os_error()).is_err());
        assert_eq!(error, Some(libc::ETIMEDOUT));
        drop(theirs);
        assert!(open(&scratch).try_lock().is_ok(), "nobody has it");
    });
}
