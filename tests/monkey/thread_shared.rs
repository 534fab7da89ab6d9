//! `std::thread::park` in an executable that has been stripped of its symbols, so that all green threads
//! of an OS thread share their thread-locals, and one token.

use std::env;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::patcher::{ThreadLocals, thread_locals};
use eventlet_monkey_tests::{at_once, check};
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{ms, sys};

const N: usize = 100;

/// Set in the process that has been stripped.
const IS_STRIPPED: &str = "EVENTLET_TEST_IS_STRIPPED";

/// Runs the other tests of this file again, without symbols.
#[test]
fn in_a_stripped_process() {
    let scratch = Scratch::new();
    let copy = scratch.path("stripped");
    std::fs::copy(env::current_exe().unwrap(), &copy).unwrap();
    assert!(Command::new("strip").arg(&copy).status().unwrap().success());
    let mut tests = Command::new(&copy);
    tests.args(["--skip", "in_a_stripped_process"]).env(IS_STRIPPED, "1").stdin(Stdio::null());
    let output = tests.output().unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
}

#[test]
fn thread_locals_are_shared() {
    check(|| {
        let are_shared = matches!(thread_locals(), ThreadLocals::Shared { .. });
        assert_eq!(are_shared, env::var_os(IS_STRIPPED).is_some());
    });
}

#[test]
fn os_threads_unpark_green_threads() {
    check(|| {
        at_once(N, |i| {
            let (is_done, waiter) = (AtomicBool::new(false), thread::current());
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(Duration::from_millis(i as u64 % 10));
                    is_done.store(true, Ordering::Release);
                    waiter.unpark();
                });
                while !is_done.load(Ordering::Acquire) {
                    thread::park();
                }
            });
        });
    });
}

#[test]
fn green_threads_unpark_each_other() {
    const ROUNDS: usize = 20;
    check(|| {
        let threads = Mutex::new(vec![None; N]);
        let tokens: Vec<_> = (0..N).map(|_| AtomicBool::new(false)).collect();
        let all_are_here = Barrier::new(N);
        at_once(N, |i| {
            threads.lock().unwrap()[i] = Some(thread::current());
            all_are_here.wait();
            let next = threads.lock().unwrap()[(i + 1) % N].clone().unwrap();
            let wake_next = || {
                tokens[(i + 1) % N].store(true, Ordering::Release);
                next.unpark();
            };
            if i == 0 {
                wake_next();
            }
            for round in 0..ROUNDS {
                while !tokens[i].swap(false, Ordering::Acquire) {
                    thread::park();
                }
                if (i, round) != (0, ROUNDS - 1) {
                    wake_next();
                }
            }
        });
    });
}

/// Nobody who is parked keeps the others from running, or the processor busy.
#[test]
fn who_is_parked_lets_others_run() {
    check(|| {
        let (is_over, n_ticks) = (AtomicBool::new(false), AtomicUsize::new(0));
        let (cpu, start) = (sys::thread_cpu_time(), Instant::now());
        at_once(N, |i| {
            if i > 0 {
                while !is_over.load(Ordering::Acquire) {
                    thread::park_timeout(ms(1000));
                }
                return;
            }
            for _ in 0..50 {
                thread::sleep(ms(10));
                n_ticks.fetch_add(1, Ordering::Relaxed);
            }
            is_over.store(true, Ordering::Release);
        });
        assert_eq!(n_ticks.into_inner(), 50);
        let (cpu, time) = (sys::thread_cpu_time() - cpu, start.elapsed());
        assert!(cpu < time / 2, "{cpu:?} of {time:?}");
    });
}

#[test]
fn a_limit_is_kept() {
    check(|| {
        at_once(N, |i| {
            let (start, limit) = (Instant::now(), ms(100 + i as u64 % 7));
            let mut rest = limit;
            while !rest.is_zero() {
                thread::park_timeout(rest);
                rest = limit.saturating_sub(start.elapsed());
            }
            assert!(start.elapsed() < ms(5000));
        });
    });
}
