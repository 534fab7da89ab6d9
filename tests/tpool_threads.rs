//! The threads of the native pool: how many there are, what they survive, and how they end.

use std::cell::RefCell;
use std::fs;
use std::panic::panic_any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use eventlet::tpool::{self, execute};
use eventlet::{GreenThread, debug, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::{Hold, held_job, wait_until};
use eventlet_tests::{ms, panic_of, yield_now};

/// Calls that have begun and go on until they are let go.
fn hold_calls(n: usize) -> (Vec<Hold>, Vec<GreenThread<()>>) {
    let calls = (0..n).map(|_| {
        let (hold, job) = held_job();
        (hold, spawn(|| execute(job)))
    });
    let (holds, callers): (Vec<_>, Vec<_>) = calls.unzip();
    holds.iter().for_each(Hold::wait_until_begun);
    (holds, callers)
}

fn wait_all(callers: Vec<GreenThread<()>>) {
    callers.into_iter().for_each(|caller| caller.wait().unwrap());
}

/// Threads of the pool, as the system counts them.
fn n_os_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("eventlet-tpool")).count()
}

#[test]
fn a_smaller_pool_lets_idle_threads_go() {
    let ended = Child::new().run(|| {
        let (holds, callers) = hold_calls(6);
        assert_eq!(tpool::stats().threads, 6);
        drop(holds);
        wait_all(callers);
        wait_until(|| tpool::stats().idle == 6);
        tpool::set_num_threads(2);
        wait_until(|| tpool::stats().threads == 2);
        assert_eq!(execute(|| 5), 5);
    });
    ended.expect_success();
}

#[test]
fn a_smaller_pool_lets_calls_end() {
    let ended = Child::new().run(|| {
        let (mut holds, callers) = hold_calls(4);
        tpool::set_num_threads(1);
        let waiting = spawn(|| execute(|| 5));
        yield_now();
        assert_eq!(tpool::stats().threads, 4, "all are busy");
        // As long as there are more than one, none of them takes another call.
        for n in [3, 2, 1] {
            drop(holds.pop());
            wait_until(|| tpool::stats().threads == n);
            assert_eq!(tpool::stats().queued, 1);
        }
        drop(holds);
        wait_all(callers);
        assert_eq!(waiting.wait().unwrap(), 5);
    });
    ended.expect_success();
}

#[test]
fn a_larger_pool_serves_those_that_wait() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "1").run(|| {
        let (holds, callers) = hold_calls(1);
        let waiting: Vec<_> = (0..3).map(|n| spawn(move || execute(move || n))).collect();
        yield_now();
        assert_eq!(tpool::stats().queued, 3);
        tpool::set_num_threads(2);
        for (n, thread) in waiting.into_iter().enumerate() {
            assert_eq!(thread.wait().unwrap(), n);
        }
        assert_eq!(tpool::stats().threads, 2);
        drop(holds);
        wait_all(callers);
    });
    ended.expect_success();
}

#[test]
fn without_threads_queued_calls_still_run_on_the_pool() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "1").run(|| {
        let (holds, callers) = hold_calls(1);
        let here = thread::current().id();
        let queued: Vec<_> = (0..3).map(|_| spawn(|| execute(|| thread::current().id()))).collect();
        yield_now();
        tpool::set_num_threads(0);
        assert_eq!(execute(|| thread::current().id()), here, "new calls run in place");
        drop(holds);
        wait_all(callers);
        for thread in queued {
            assert_ne!(thread.wait().unwrap(), here);
        }
        wait_until(|| tpool::stats().threads == 0);
        tpool::set_num_threads(1);
        assert_ne!(execute(|| thread::current().id()), here);
    });
    ended.expect_success();
}

#[test]
fn killall_does_what_is_queued_and_leaves_no_thread() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "2").run(|| {
        let (holds, callers) = hold_calls(2);
        let queued: Vec<_> = (0..10).map(|n| spawn(move || execute(move || n))).collect();
        yield_now();
        let enders: Vec<_> = (0..3).map(|_| spawn(tpool::killall)).collect();
        yield_now();
        assert!(enders.iter().all(|ender| !ender.is_dead()));
        // The pool goes on with other threads meanwhile.
        assert_eq!(execute(|| 5), 5);
        assert_eq!(tpool::stats().threads, 3);
        drop(holds);
        wait_all(enders);
        for (n, thread) in queued.into_iter().enumerate() {
            assert_eq!(thread.wait().unwrap(), n);
        }
        wait_all(callers);
        assert_eq!(tpool::stats().threads, 1, "the one that began since");
        tpool::killall();
        assert_eq!(tpool::stats().threads, 0);
        wait_until(|| n_os_threads() == 0);
    });
    ended.expect_success();
}

/// A call that never ends: the caller gives up, and the thread ends by itself when it can.
#[test]
fn killall_can_be_given_up() {
    let ended = Child::new().run(|| {
        let (holds, callers) = hold_calls(1);
        assert!(with_timeout(ms(1), tpool::killall).is_err());
        let killed = spawn(tpool::killall);
        yield_now();
        killed.kill();
        assert!(killed.wait().unwrap_err().is_killed());
        assert_eq!(execute(|| 5), 5);
        drop(holds);
        wait_all(callers);
        tpool::killall();
        assert_eq!(tpool::stats().threads, 0);
    });
    ended.expect_success();
}

#[test]
fn killall_on_a_worker_panics() {
    let ended = Child::new().run(|| {
        let expected = "tpool::killall was called on a thread of the pool, which would wait for \
                        itself: call it from outside the pool";
        assert_eq!(panic_of(|| execute(tpool::killall)), expected);
        let text = execute(|| spawn(tpool::killall).wait().unwrap_err().to_string());
        assert_eq!(text, format!("the green thread panicked: {expected}"));
        assert_eq!(execute(|| 5), 5);
    });
    ended.expect_success();
}

/// Set when the thread-locals of a worker are dropped.
static GONE: AtomicBool = AtomicBool::new(false);

struct Slow;

impl Drop for Slow {
    fn drop(&mut self) {
        thread::sleep(ms(20));
        GONE.store(true, Ordering::SeqCst);
    }
}

#[test]
fn killall_waits_for_the_thread_locals_of_the_threads() {
    thread_local! {
        static LOCAL: RefCell<Option<Slow>> = const { RefCell::new(None) };
    }
    let ended = Child::new().run(|| {
        // A hub is another thread-local of the worker.
        execute(|| {
            sleep(Duration::ZERO);
            LOCAL.set(Some(Slow));
        });
        tpool::killall();
        assert!(GONE.load(Ordering::SeqCst));
    });
    ended.expect_success();
}

#[test]
fn a_paused_clock_stands_still_during_killall() {
    let ended = Child::new().run(|| {
        execute(|| ());
        debug::pause_clock();
        let before = debug::now();
        with_timeout(ms(1), tpool::killall).unwrap();
        assert_eq!(debug::now(), before);
    });
    ended.expect_success();
}

/// Sizes change and crews end under load, from several hubs: every call has its result.
#[test]
fn nothing_is_lost_while_threads_come_and_go() {
    static N_CALLS: AtomicUsize = AtomicUsize::new(0);
    let ended = Child::new().run(|| {
        let load = || {
            let callers: Vec<_> = (0..20_usize)
                .map(|n| {
                    spawn(move || {
                        for m in 0..100 {
                            let call = move || {
                                N_CALLS.fetch_add(1, Ordering::SeqCst);
                                n + m
                            };
                            assert_eq!(execute(call), n + m);
                        }
                    })
                })
                .collect();
            wait_all(callers);
        };
        let others: Vec<_> = (0..2).map(|_| thread::spawn(load)).collect();
        let unrest = spawn(|| {
            for n in (0..).map(|n| n % 5) {
                tpool::set_num_threads(n);
                if n == 2 {
                    tpool::killall();
                }
                yield_now();
            }
        });
        load();
        others.into_iter().for_each(|other| other.join().unwrap());
        unrest.kill();
        assert_eq!(N_CALLS.load(Ordering::SeqCst), 6000);
        tpool::set_num_threads(2);
        tpool::killall();
        assert_eq!(tpool::stats().threads, 0);
    });
    ended.expect_success();
}

/// A panic whose payload panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("expected");
    }
}

#[test]
fn the_only_worker_survives_what_panics_when_dropped() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "1").run(|| {
        let worker = execute(|| thread::current().id());
        let results: [fn() -> Bomb; 2] = [|| Bomb, || panic_any(Bomb)];
        for result in results {
            let (hold, job) = held_job();
            let caller = spawn(move || {
                std::mem::forget(execute(move || {
                    job();
                    result()
                }));
            });
            hold.wait_until_begun();
            caller.kill();
            assert!(caller.wait().unwrap_err().is_killed());
            drop(hold);
            assert_eq!(execute(|| thread::current().id()), worker);
        }
        // What a caller takes back is dropped there, and the kill goes on all the same.
        let (hold, job) = held_job();
        let first = spawn(|| execute(job));
        hold.wait_until_begun();
        let bomb = Bomb;
        let second = spawn(move || {
            execute(move || {
                let _captured = &bomb;
            })
        });
        yield_now();
        second.kill();
        assert!(second.wait().unwrap_err().is_killed());
        drop(hold);
        first.wait().unwrap();
        assert_eq!(execute(|| thread::current().id()), worker);
    });
    ended.expect_success();
}
