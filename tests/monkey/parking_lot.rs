//! parking_lot's locks, which wait in a table of their own.

use std::thread;

use eventlet_monkey_tests::{at_once, check, check_without_the_patch, is_patched};
use eventlet_tests::{ms, timed};
use parking_lot::{Condvar, Mutex, Once, ReentrantMutex, RwLock};

const N: usize = 100;

#[test]
fn a_mutex_is_held_across_a_blocking_call() {
    check(|| {
        let numbers = Mutex::new(Vec::new());
        let run = at_once(N, |i| {
            let mut numbers = numbers.lock();
            numbers.push(i);
            thread::sleep(ms(5));
        });
        assert!(run.elapsed >= ms(500), "{:?}", run.elapsed);
        let mut numbers = numbers.into_inner();
        numbers.sort_unstable();
        assert!((0..N).eq(numbers));
    });
}

#[test]
fn readers_share_and_writers_do_not() {
    check(|| {
        let number = RwLock::new(0);
        let run = at_once(N, |i| {
            if i % 10 == 0 {
                let mut number = number.write();
                let before = *number;
                thread::sleep(ms(10));
                *number = before + 1;
            } else {
                let number = number.read();
                let before = *number;
                thread::sleep(ms(200));
                assert_eq!(*number, before);
            }
        });
        run.like_the_slowest(ms(200));
        assert_eq!(number.into_inner(), N / 10);
    });
}

#[test]
fn conditions() {
    check(|| {
        let (turn, changed) = (Mutex::new(0), Condvar::new());
        at_once(N, |i| {
            let mut turn = turn.lock();
            changed.wait_while(&mut turn, |turn| *turn != N - 1 - i);
            *turn += 1;
            changed.notify_all();
        });
        assert_eq!(turn.into_inner(), N);
    });
}

#[test]
fn limits_are_kept() {
    check(|| {
        let (held, never) = (Mutex::new(()), Condvar::new());
        let guard = held.lock();
        let free = Mutex::new(());
        let run = at_once(N, |i| {
            timed(ms(500), || {
                if i % 2 == 0 {
                    held.try_lock_for(ms(500)).is_none()
                } else {
                    never.wait_for(&mut free.lock(), ms(500)).timed_out()
                }
            })
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
        drop(guard);
    });
}

#[test]
fn who_comes_late_waits_for_the_first() {
    check(|| {
        let once = Once::new();
        let run = at_once(N, |_| once.call_once(|| thread::sleep(ms(200))));
        run.like_the_slowest(ms(200));
    });
}

/// Who has it may take it again; the others wait. It knows who has it by the address of a thread-local
/// variable, which is the same for all green threads of an OS thread: they are one owner to it.
#[test]
fn reentrant_locks() {
    if is_patched() {
        return;
    }
    check(|| {
        let lock = ReentrantMutex::new(());
        let run = at_once(50, |_| {
            let _once = lock.lock();
            thread::sleep(ms(5));
            let _twice = lock.lock();
            thread::sleep(ms(5));
        });
        assert!(run.elapsed >= ms(500), "{:?}", run.elapsed);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
