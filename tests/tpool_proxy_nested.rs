//! Calls of proxies from within the pool, and without any threads.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use eventlet::tpool::{self, Proxy, execute};
use eventlet::{debug, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::{held_job, is_on_pool, tell_drop, wait_until};
use eventlet_tests::{check, ms, panic_of, yield_now};

const WITHIN: &str =
    "a tpool::Proxy was called from within one of its own calls, which would wait for itself";

#[test]
fn a_call_within_a_call_of_the_same_proxy_panics() {
    check(|| {
        let proxy = Proxy::new(5);
        let inner = proxy.clone();
        let text = panic_of(|| proxy.call(move |_| inner.call(|_| ())));
        assert_eq!(text, WITHIN);
        assert_eq!(proxy.call(|number| *number), 5);
        // Also by a detour.
        let (inner, other) = (proxy.clone(), Proxy::new(()));
        let text = panic_of(|| proxy.call(move |_| other.call(move |_| inner.call(|_| ()))));
        assert_eq!(text, WITHIN);
    });
}

#[test]
fn a_job_calls_a_proxy_that_is_free_where_it_is() {
    check(|| {
        let proxy = Proxy::new(());
        let (outer, inner) =
            execute(move || (thread::current().id(), proxy.call(|_| thread::current().id())));
        assert_eq!(outer, inner);
    });
}

/// All threads of the pool wait for proxies, and yet it goes on.
#[test]
fn nested_calls_need_no_more_threads_than_there_are() {
    for size in ["1", "2", "3"] {
        let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", size).run(|| {
            let (first, second) = (Proxy::new(0), Proxy::new(0));
            let callers: Vec<_> = (0..60)
                .map(|n| {
                    let (first, second) = (first.clone(), second.clone());
                    spawn(move || {
                        for _ in 0..10 {
                            let (first, second) = (first.clone(), second.clone());
                            let add = |number: &mut i32| *number += 1;
                            match n % 4 {
                                0 => first.call(add),
                                1 => second.call(add),
                                2 => first.call(move |_| {
                                    thread::yield_now();
                                    second.call(add);
                                }),
                                _ => execute(move || {
                                    first.call(add);
                                    second.call(add);
                                }),
                            }
                        }
                    })
                })
                .collect();
            callers.into_iter().for_each(|caller| caller.wait().unwrap());
            assert_eq!(first.into_inner().unwrap(), 300);
            assert_eq!(second.into_inner().unwrap(), 450);
        });
        ended.expect_success();
    }
}

#[test]
fn a_job_waits_for_a_proxy_that_is_busy() {
    static HAS_COME: AtomicBool = AtomicBool::new(false);
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "2").run(|| {
        let proxy = Proxy::new(0);
        let (hold, job) = held_job();
        let theirs = proxy.clone();
        let first = spawn(move || theirs.call(move |_| job()));
        hold.wait_until_begun();
        let inner = proxy.clone();
        let second = spawn(move || {
            execute(move || {
                let late = with_timeout(ms(1), || inner.call(|number| *number = 1));
                assert!(late.is_err());
                HAS_COME.store(true, Ordering::SeqCst);
                inner.call(|number| *number)
            })
        });
        wait_until(|| HAS_COME.load(Ordering::SeqCst));
        assert!(!second.is_dead());
        drop(hold);
        first.wait().unwrap();
        assert_eq!(second.wait().unwrap(), 0, "what timed out has not run");
    });
    ended.expect_success();
}

#[test]
fn the_last_handle_may_go_within_a_call() {
    check(|| {
        let (value, told) = tell_drop();
        let proxy = Proxy::new(value);
        let (hold, job) = held_job();
        let caller = spawn(move || {
            let inner = proxy.clone();
            proxy.call(move |_| {
                job();
                drop(inner);
            });
        });
        hold.wait_until_begun();
        caller.kill();
        drop((caller, hold));
        wait_until(|| told.try_recv() == Ok("pool"));
    });
}

#[test]
fn killall_lets_calls_of_proxies_go_on() {
    let ended = Child::new().run(|| {
        let proxy = Proxy::new(0);
        let (hold, job) = held_job();
        let theirs = proxy.clone();
        let first = spawn(move || theirs.call(move |_| job()));
        hold.wait_until_begun();
        let callers: Vec<_> = (0..5)
            .map(|_| {
                let proxy = proxy.clone();
                spawn(move || proxy.call(|number| *number += 1))
            })
            .collect();
        yield_now();
        let ender = spawn(tpool::killall);
        yield_now();
        drop(hold);
        ender.wait().unwrap();
        first.wait().unwrap();
        callers.into_iter().for_each(|caller| caller.wait().unwrap());
        assert_eq!(proxy.into_inner().unwrap(), 5);
    });
    ended.expect_success();
}

/// Without threads the calls run on the caller's OS thread, and still one at a time.
#[test]
fn without_threads_calls_take_turns_in_place() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "0").run(|| {
        let here = thread::current().id();
        debug::pause_clock();
        let before = debug::now();
        let proxy = Proxy::new(Vec::new());
        let callers: Vec<_> = (0..5)
            .map(|n| {
                let proxy = proxy.clone();
                spawn(move || {
                    proxy.call(move |list| {
                        assert_eq!(thread::current().id(), here);
                        let length = list.len();
                        // Others may come meanwhile.
                        sleep(Duration::from_secs(1));
                        assert_eq!(list.len(), length);
                        list.push(n);
                    });
                })
            })
            .collect();
        yield_now();
        callers[3].kill();
        let inner = proxy.clone();
        assert_eq!(panic_of(|| proxy.call(move |_| inner.call(|_| ()))), WITHIN);
        let n_killed = callers.into_iter().filter_map(|caller| caller.wait().err()).count();
        assert_eq!(n_killed, 1);
        assert_eq!(debug::now() - before, Duration::from_secs(4));
        assert_eq!(proxy.into_inner().unwrap(), [0, 1, 2, 4]);

        let (value, told) = tell_drop();
        drop(Proxy::new(value));
        assert_eq!(told.try_recv(), Ok("elsewhere"));
        assert_eq!(tpool::stats().threads, 0);
    });
    ended.expect_success();
}

#[test]
fn without_threads_a_busy_proxy_lets_others_run() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "0").run(|| {
        let proxy = Proxy::new(());
        let n_turns = Rc::new(Cell::new(0));
        let counter = n_turns.clone();
        let other = spawn(move || {
            loop {
                counter.set(counter.get() + 1);
                yield_now();
            }
        });
        let callers: Vec<_> = (0..50)
            .map(|_| {
                let proxy = proxy.clone();
                spawn(move || proxy.call(|_| ()))
            })
            .collect();
        callers.into_iter().for_each(|caller| caller.wait().unwrap());
        assert!(n_turns.get() >= 50, "{} turns", n_turns.get());
        other.kill();
    });
    ended.expect_success();
}

/// The pool loses its threads while calls wait, and gets them back while others run in place.
#[test]
fn sizes_may_change_between_calls() {
    let ended = Child::new().run(|| {
        let proxy = Proxy::new(0);
        let unrest = spawn(|| {
            for n in (0..).map(|n| n % 3) {
                tpool::set_num_threads(n);
                yield_now();
            }
        });
        let load = |proxy: Proxy<u64>| {
            let callers: Vec<_> = (0..20)
                .map(|_| {
                    let proxy = proxy.clone();
                    spawn(move || {
                        for _ in 0..50 {
                            proxy.call(|number| *number += 1);
                            execute(|| ());
                        }
                    })
                })
                .collect();
            callers.into_iter().for_each(|caller| caller.wait().unwrap());
        };
        load(proxy.clone());
        unrest.kill();
        tpool::set_num_threads(3);
        assert!(proxy.call(|_| is_on_pool()));
        assert_eq!(proxy.into_inner().unwrap(), 1000);
    });
    ended.expect_success();
}
