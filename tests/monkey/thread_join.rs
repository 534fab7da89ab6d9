//! Waiting for OS threads.
#![allow(unsafe_code, reason = "calls of C functions")]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use eventlet_monkey_tests::{at_once, check, is_patched, sleep_until};
use eventlet_tests::{Log, ms, yield_now};

const N: usize = 20;

#[test]
fn many_at_once() {
    check(|| {
        let run = at_once(N, |i| {
            let thread = thread::spawn(move || {
                thread::sleep(ms(300));
                i
            });
            thread.join().unwrap()
        });
        assert_eq!(run.like_the_slowest(ms(300)), (0..N).collect::<Vec<_>>());
    });
}

#[test]
fn those_that_have_ended() {
    check(|| {
        at_once(N, |i| {
            let thread = thread::spawn(move || assert!(i % 2 == 0));
            while !thread.is_finished() {
                thread::sleep(ms(1));
            }
            assert_eq!(thread.join().is_ok(), i % 2 == 0);
        });
    });
}

#[test]
fn by_the_c_library() {
    extern "C" fn work(argument: *mut c_void) -> *mut c_void {
        thread::sleep(ms(300));
        argument.wrapping_byte_add(1)
    }
    check(|| {
        let run = at_once(N, |i| {
            let (mut thread, mut returned) = (0, null_mut());
            let number = i as *mut c_void;
            // SAFETY: there is place for the answers, and the thread is joined once.
            unsafe {
                assert_eq!(libc::pthread_create(&mut thread, std::ptr::null(), work, number), 0);
                assert_eq!(libc::pthread_join(thread, &mut returned), 0);
                // It would wait for itself.
                assert_eq!(libc::pthread_join(libc::pthread_self(), null_mut()), libc::EDEADLK);
            }
            returned as usize
        });
        assert_eq!(run.like_the_slowest(ms(300)), (1..=N).collect::<Vec<_>>());
    });
}

#[test]
fn the_order_of_their_ends() {
    check(|| {
        if !is_patched() {
            return;
        }
        let (log, n_joined) = (Log::new(), Arc::new(AtomicUsize::new(0)));
        let joiners = [3, 1, 2].map(|n| {
            let (log, n_joined) = (log.clone(), n_joined.clone());
            let theirs = n_joined.clone();
            let is_its_turn = move || theirs.load(Ordering::SeqCst) == n - 1;
            let thread = thread::spawn(move || sleep_until(is_its_turn));
            eventlet::spawn(move || {
                thread.join().unwrap();
                log.add(n);
                n_joined.fetch_add(1, Ordering::SeqCst);
            })
        });
        joiners.into_iter().for_each(|joiner| joiner.wait().unwrap());
        assert_eq!(log.take(), "1 2 3");
    });
}

#[test]
fn a_kill_waits_for_the_join() {
    check(|| {
        if !is_patched() {
            return;
        }
        let log = Log::new();
        let joiner = {
            let log = log.clone();
            eventlet::spawn(move || {
                let thread = thread::spawn(|| thread::sleep(ms(100)));
                thread.join().unwrap();
                log.add("joined");
                eventlet::sleep(ms(0));
                log.add("went on");
            })
        };
        yield_now();
        joiner.kill();
        assert_eq!(log.take(), "");
        assert!(joiner.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "joined");
    });
}

#[test]
fn a_limit_waits_for_the_join() {
    check(|| {
        if !is_patched() {
            return;
        }
        let result = eventlet::with_timeout(ms(20), || {
            thread::spawn(|| thread::sleep(ms(100))).join().unwrap();
            // It waits, if not for long.
            eventlet::sleep(ms(1));
        });
        assert!(result.is_err());
    });
}
