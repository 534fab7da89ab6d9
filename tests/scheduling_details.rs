//! Scheduling beside the contract: loops that yield, waits deep in the stack, waits that give up.

use std::cell::Cell;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{sleep, spawn, spawn_n, tpool};
use eventlet_tests::{Log, check, ms, yield_now};

/// The error says what was waited for, and nothing is left behind.
#[test]
fn trampoline_timeout() {
    check(|| {
        let (reader, _writer) = UnixStream::pair().unwrap();
        let late = trampoline(&reader, Direction::Read, Some(ms(1))).unwrap_err();
        assert_eq!(late.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(late.to_string(), "timed out after 1ms waiting for a descriptor");
        assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (0, 0));
    });
}

#[test]
fn a_yield_loop_does_not_starve_timers() {
    check(|| {
        let fired = Rc::new(Cell::new(false));
        let flag = fired.clone();
        let sleeper = spawn(move || {
            sleep(ms(5));
            flag.set(true);
        });
        while !fired.get() {
            yield_now();
        }
        sleeper.wait().unwrap();
    });
}

#[test]
fn a_yield_loop_does_not_starve_results_of_other_threads() {
    check(|| {
        let done = Rc::new(Cell::new(false));
        let flag = done.clone();
        let caller = spawn(move || {
            let result = tpool::execute(|| 5);
            flag.set(true);
            result
        });
        while !done.get() {
            yield_now();
        }
        assert_eq!(caller.wait().unwrap(), 5);
    });
}

/// A loop that yields must not keep newly spawned green threads from starting, nor jump the queue.
#[test]
fn a_yield_loop_does_not_jump_the_queue() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let looper = spawn(move || {
            for turn in 0..3 {
                let log = theirs.clone();
                spawn_n(move || log.add(format!("new{turn}")));
                yield_now();
                theirs.add(format!("turn{turn}"));
            }
        });
        looper.wait().unwrap();
        assert_eq!(log.take(), "new0 turn0 new1 turn1 new2 turn2");
    });
}

/// A green thread also gives way in the middle of the calls of a plain function.
#[test]
fn a_wait_deep_in_the_stack_suspends_all_of_it() {
    fn deep(depth: u32) -> u32 {
        if depth == 0 {
            yield_now();
            return 0;
        }
        deep(depth - 1) + 1
    }
    check(|| {
        let threads: Vec<_> = (0..10).map(|n| spawn(move || deep(n * 10))).collect();
        let sum: u32 = threads.into_iter().map(|thread| thread.wait().unwrap()).sum();
        assert_eq!(sum, 450);
    });
}
