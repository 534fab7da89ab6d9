//! What std documents about locking a `std::sync::RwLock`.

use std::mem;
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Barrier, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::thread;

use eventlet_tests::check;

fn would_block<G>(result: Result<G, TryLockError<G>>) -> bool {
    matches!(result, Err(TryLockError::WouldBlock))
}

/// Calls `f` with the lock in another thread, which says what came out.
fn elsewhere<T: Send + Sync + 'static, R: Send + 'static>(
    lock: &Arc<RwLock<T>>,
    f: impl FnOnce(&RwLock<T>) -> R + Send + 'static,
) -> mpsc::Receiver<R> {
    let theirs = lock.clone();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || drop(sender.send(f(&theirs))));
    receiver
}

/// Gives another thread time, in which it must not get anywhere.
fn stays_outside<R>(receiver: &mpsc::Receiver<R>) {
    for _ in 0..10 {
        thread::yield_now();
        assert!(matches!(receiver.try_recv(), Err(TryRecvError::Empty)));
    }
}

#[test]
fn many_read_at_once() {
    check(|| {
        let lock = Arc::new(RwLock::new(7));
        let all_read = Arc::new(Barrier::new(4));
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let all_read = all_read.clone();
                elsewhere(&lock, move |lock| {
                    let guard = lock.read().unwrap();
                    all_read.wait();
                    *guard
                })
            })
            .collect();
        assert!(readers.into_iter().all(|reader| reader.recv() == Ok(7)));
    });
}

#[test]
fn one_thread_may_read_twice() {
    check(|| {
        let lock = RwLock::new(1);
        let (one, other) = (lock.read().unwrap(), lock.read().unwrap());
        assert_eq!(*one, *other);
    });
}

#[test]
fn one_writes_at_a_time() {
    check(|| {
        let lock = Arc::new(RwLock::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                elsewhere(&lock, |lock| {
                    for _ in 0..50 {
                        let mut guard = lock.write().unwrap();
                        let before = *guard;
                        thread::yield_now();
                        *guard = before + 1;
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.recv().unwrap());
        assert_eq!(*lock.read().unwrap(), 400);
    });
}

#[test]
fn readers_never_see_half_of_what_is_written() {
    check(|| {
        let lock = Arc::new(RwLock::new([0, 0]));
        let writers = (0..3).map(|_| {
            elsewhere(&lock, |lock| {
                for _ in 0..50 {
                    let mut halves = lock.write().unwrap();
                    halves[0] += 1;
                    thread::yield_now();
                    halves[1] += 1;
                }
            })
        });
        let readers = (0..3).map(|_| {
            elsewhere(&lock, |lock| {
                for _ in 0..50 {
                    let halves = lock.read().unwrap();
                    let first = halves[0];
                    thread::yield_now();
                    assert_eq!(*halves, [first; 2]);
                }
            })
        });
        let all: Vec<_> = writers.chain(readers).collect();
        all.into_iter().for_each(|thread| thread.recv().unwrap());
        assert_eq!(*lock.read().unwrap(), [150; 2]);
    });
}

#[test]
fn a_writer_waits_for_all_readers() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let (one, other) = (lock.read().unwrap(), lock.read().unwrap());
        let writer = elsewhere(&lock, |lock| *lock.write().unwrap() += 1);
        stays_outside(&writer);
        drop(one);
        stays_outside(&writer);
        drop(other);
        writer.recv().unwrap();
        assert_eq!(*lock.read().unwrap(), 2);
    });
}

#[test]
fn readers_and_writers_wait_for_a_writer() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let mut guard = lock.write().unwrap();
        let reader = elsewhere(&lock, |lock| *lock.read().unwrap());
        let writer = elsewhere(&lock, |lock| *lock.write().unwrap() += 10);
        stays_outside(&reader);
        stays_outside(&writer);
        *guard = 2;
        drop(guard);
        assert_eq!(reader.recv().unwrap() % 10, 2);
        writer.recv().unwrap();
        assert_eq!(*lock.read().unwrap(), 12);
    });
}

#[test]
fn try_read_takes_what_is_free_or_read() {
    check(|| {
        let lock = RwLock::new(1);
        let one = lock.try_read().unwrap();
        let other = lock.try_read().unwrap();
        assert_eq!(*one + *other, 2);
    });
}

#[test]
fn try_read_does_not_wait_for_a_writer() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let guard = lock.write().unwrap();
        assert!(would_block(lock.try_read()));
        assert_eq!(elsewhere(&lock, |lock| would_block(lock.try_read())).recv(), Ok(true));
        drop(guard);
        assert!(lock.try_read().is_ok());
    });
}

#[test]
fn try_write_takes_only_what_is_free() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        *lock.try_write().unwrap() = 2;
        let guard = lock.read().unwrap();
        assert!(would_block(lock.try_write()));
        assert_eq!(elsewhere(&lock, |lock| would_block(lock.try_write())).recv(), Ok(true));
        drop(guard);
        let guard = lock.write().unwrap();
        assert!(would_block(lock.try_write()));
        assert_eq!(*guard, 2);
    });
}

#[test]
fn a_writer_goes_on_as_a_reader() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let mut writing = lock.write().unwrap();
        *writing = 2;
        let reading = RwLockWriteGuard::downgrade(writing);
        assert_eq!(*reading, 2);
        assert_eq!(elsewhere(&lock, |lock| *lock.read().unwrap()).recv(), Ok(2));
        assert!(would_block(lock.try_write()));
        drop(reading);
        assert!(lock.try_write().is_ok());
    });
}

#[test]
fn readers_that_wait_come_in_when_a_writer_goes_on_as_a_reader() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let writing = lock.write().unwrap();
        let readers = [0; 3].map(|_| elsewhere(&lock, |lock| *lock.read().unwrap()));
        stays_outside(&readers[0]);
        let reading = RwLockWriteGuard::downgrade(writing);
        readers.iter().for_each(|reader| assert_eq!(reader.recv(), Ok(1)));
        assert_eq!(*reading, 1);
    });
}

#[test]
fn writers_stay_outside_when_a_writer_goes_on_as_a_reader() {
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let writing = lock.write().unwrap();
        let writer = elsewhere(&lock, |lock| *lock.write().unwrap() = 3);
        stays_outside(&writer);
        let reading = RwLockWriteGuard::downgrade(writing);
        stays_outside(&writer);
        assert_eq!(*reading, 1);
        drop(reading);
        writer.recv().unwrap();
        assert_eq!(*lock.read().unwrap(), 3);
    });
}

#[test]
fn a_forgotten_reader_keeps_writers_out_for_ever() {
    check(|| {
        let lock = RwLock::new(1);
        mem::forget(lock.read().unwrap());
        assert!(would_block(lock.try_write()));
        assert!(lock.try_read().is_ok());
        mem::forget(RwLock::new(1).write().unwrap());
    });
}

#[test]
fn who_owns_it_needs_no_lock() {
    check(|| {
        let mut lock = RwLock::new(String::from("a"));
        lock.get_mut().unwrap().push('b');
        assert_eq!(lock.into_inner().unwrap(), "ab");
    });
}

#[test]
fn may_hold_what_has_no_size() {
    check(|| {
        let slice: &RwLock<[i32]> = &RwLock::new([1, 2, 3]);
        slice.write().unwrap()[0] = 4;
        assert_eq!(*slice.read().unwrap(), [4, 2, 3]);
        let call: Arc<RwLock<dyn Fn() -> i32 + Send + Sync>> = Arc::new(RwLock::new(|| 7));
        let theirs = call.clone();
        assert_eq!(thread::spawn(move || (theirs.read().unwrap())()).join().unwrap(), 7);
        assert_eq!((call.write().unwrap())(), 7);
    });
}

#[test]
fn may_be_static() {
    static RULES: RwLock<Vec<&str>> = RwLock::new(Vec::new());
    check(|| {
        thread::spawn(|| RULES.write().unwrap().push("a")).join().unwrap();
        assert_eq!(*RULES.read().unwrap(), ["a"]);
    });
}

#[test]
fn what_is_read_may_live_shorter_than_it_could() {
    fn longest<'a>(
        one: RwLockReadGuard<'a, &'a str>,
        other: &RwLockReadGuard<'a, &'a str>,
    ) -> &'a str {
        if one.len() > other.len() { *one } else { **other }
    }
    check(|| {
        let (long, local) = (RwLock::new("static"), String::from("local"));
        let short = RwLock::new(local.as_str());
        assert_eq!(longest(long.read().unwrap(), &short.read().unwrap()), "static");
    });
}

#[test]
fn can_be_locked_by_a_destructor_while_unwinding() {
    struct AddOnDrop(Arc<RwLock<i32>>);
    impl Drop for AddOnDrop {
        fn drop(&mut self) {
            let before = *self.0.read().unwrap();
            *self.0.write().unwrap() = before + 1;
        }
    }
    check(|| {
        let lock = Arc::new(RwLock::new(1));
        let theirs = lock.clone();
        let died = thread::spawn(move || {
            let _add = AddOnDrop(theirs);
            panic!("and adds");
        });
        assert!(died.join().is_err());
        assert_eq!(*lock.read().unwrap(), 2);
    });
}
