//! Values behind the native thread pool: who has his turn when, and who is killed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::tpool::{self, Proxy, execute};
use eventlet::{GreenThread, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::{held_job, hold_proxy, tell_drop};
use eventlet_tests::{LIMIT, OnDrop, check, ms, yield_now};

#[test]
fn proxies_may_go_to_other_threads() {
    fn assert_shared<T: Send + Sync + 'static>(_: &T) {}
    // A `Cell` is `Send`, not `Sync`.
    assert_shared(&Proxy::new(std::cell::Cell::new(1)));
}

#[test]
fn callers_are_served_in_order_and_one_at_a_time() {
    check(|| {
        let proxy = Proxy::new(Vec::new());
        let (hold, first) = hold_proxy(&proxy);
        let is_busy = std::sync::Arc::new(AtomicBool::new(false));
        let callers: Vec<_> = (0..50)
            .map(|n| {
                let (proxy, is_busy) = (proxy.clone(), is_busy.clone());
                spawn(move || {
                    proxy.call(move |list| {
                        assert!(!is_busy.swap(true, Ordering::SeqCst));
                        thread::yield_now();
                        list.push(n);
                        is_busy.store(false, Ordering::SeqCst);
                    });
                })
            })
            .collect();
        yield_now();
        drop(hold);
        first.wait().unwrap();
        callers.into_iter().for_each(|caller| caller.wait().unwrap());
        assert_eq!(proxy.into_inner().unwrap(), (0..50).collect::<Vec<_>>());
    });
}

#[test]
fn callers_of_several_hubs_share_a_proxy() {
    check(|| {
        let proxy = Proxy::new(0_u64);
        let load = |proxy: Proxy<u64>| {
            let callers: Vec<_> = (0..50)
                .map(|_| {
                    let proxy = proxy.clone();
                    spawn(move || {
                        for _ in 0..20 {
                            proxy.call(|sum| *sum += 1);
                        }
                    })
                })
                .collect();
            callers.into_iter().for_each(|caller| caller.wait().unwrap());
        };
        let others: Vec<_> = (0..3)
            .map(|_| {
                let proxy = proxy.clone();
                thread::spawn(move || load(proxy))
            })
            .collect();
        load(proxy.clone());
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(proxy.into_inner().unwrap(), 4000);
    });
}

/// Whoever waits for a turn takes up no thread, and a busy proxy gives the others their turns.
#[test]
fn a_proxy_takes_up_one_thread_at_most() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "2").run(|| {
        let proxy = Proxy::new(0);
        let (hold, first) = hold_proxy(&proxy);
        let callers: Vec<_> = (0..10)
            .map(|_| {
                let proxy = proxy.clone();
                spawn(move || proxy.call(|number| *number += 1))
            })
            .collect();
        yield_now();
        assert_eq!(execute(|| 5), 5);
        assert_eq!(tpool::stats().queued, 0);
        drop(hold);
        first.wait().unwrap();
        callers.into_iter().for_each(|caller| caller.wait().unwrap());
        assert_eq!(proxy.call(|number| *number), 10);
    });
    ended.expect_success();
}

#[test]
fn a_busy_proxy_does_not_keep_the_only_thread() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "1").run(|| {
        static N_RUN: AtomicUsize = AtomicUsize::new(0);
        let proxy = Proxy::new(());
        let (hold, first) = hold_proxy(&proxy);
        let callers: Vec<_> = (0..50)
            .map(|_| {
                let proxy = proxy.clone();
                spawn(move || proxy.call(|_| N_RUN.fetch_add(1, Ordering::SeqCst)))
            })
            .collect();
        let job = spawn(|| execute(|| N_RUN.load(Ordering::SeqCst)));
        yield_now();
        assert_eq!(tpool::stats().queued, 1);
        drop(hold);
        assert_eq!(job.wait().unwrap(), 0, "it has come after one call, not after all");
        first.wait().unwrap();
        for caller in callers {
            caller.wait().unwrap();
        }
    });
    ended.expect_success();
}

#[test]
fn a_call_that_has_not_begun_is_taken_back() {
    check(|| {
        let proxy = Proxy::new(0);
        let (hold, first) = hold_proxy(&proxy);
        let (captured, told) = tell_drop();
        let theirs = proxy.clone();
        let killed = spawn(move || {
            theirs.call(move |number| {
                drop(captured);
                *number += 1;
            });
        });
        let theirs = proxy.clone();
        let next = spawn(move || theirs.call(|number| *number += 10));
        yield_now();
        killed.kill();
        assert_eq!(told.try_recv(), Ok("elsewhere"));
        assert!(killed.wait().unwrap_err().is_killed());
        assert!(with_timeout(ms(1), || proxy.call(|number| *number += 100)).is_err());
        drop(hold);
        first.wait().unwrap();
        next.wait().unwrap();
        assert_eq!(proxy.into_inner().unwrap(), 10);
    });
}

#[test]
fn a_call_that_has_begun_ends_before_the_next_one() {
    check(|| {
        let proxy = Proxy::new(0);
        let (hold, job) = held_job();
        let (result, told) = tell_drop();
        let theirs = proxy.clone();
        let killed = spawn(move || {
            theirs.call(move |number| {
                job();
                *number = 1;
                result
            })
        });
        hold.wait_until_begun();
        killed.kill();
        assert!(killed.wait().map(drop).unwrap_err().is_killed());
        let theirs = proxy.clone();
        let next = spawn(move || theirs.call(|number| *number));
        yield_now();
        assert!(told.try_recv().is_err());
        drop(hold);
        assert_eq!(told.recv_timeout(LIMIT), Ok("pool"));
        assert_eq!(next.wait().unwrap(), 1);
    });
}

#[test]
fn a_caller_that_unwinds_is_served() {
    check(|| {
        let proxy = Proxy::new(0);
        let (hold, first) = hold_proxy(&proxy);
        let theirs = proxy.clone();
        let victim = spawn(move || {
            // A transaction, say, which is rolled back.
            let _guard = OnDrop(move || theirs.call(|number| *number = 7));
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        assert!(!victim.is_dead(), "it waits for its turn");
        drop(hold);
        first.wait().unwrap();
        assert!(victim.wait().unwrap_err().is_killed());
        assert_eq!(proxy.into_inner().unwrap(), 7);
    });
}

/// The hub of a caller may end; its call runs, and the others have their turns.
#[test]
fn a_hub_may_end_while_its_call_is_queued() {
    check(|| {
        let proxy = Proxy::new(0);
        let (hold, first) = hold_proxy(&proxy);
        let (theirs, (say, said)) = (proxy.clone(), mpsc::channel());
        let ended = thread::spawn(move || {
            drop(spawn(move || theirs.call(|number| *number += 1)));
            yield_now();
            say.send(()).unwrap();
        });
        ended.join().unwrap();
        said.recv().unwrap();
        drop(hold);
        first.wait().unwrap();
        assert_eq!(proxy.call(|number| *number), 1);
    });
}

/// Crowds come and go, and are killed anywhere: each call runs whole or not at all.
#[test]
fn nothing_is_lost_when_callers_are_killed_anywhere() {
    static N_RUN: AtomicUsize = AtomicUsize::new(0);
    check(|| {
        let proxy = Proxy::new(0);
        let mut n_served = 0;
        for round in 0..200 {
            let callers: Vec<_> = (0..10)
                .map(|_| {
                    let proxy = proxy.clone();
                    spawn(move || {
                        proxy.call(|number| {
                            *number += 1;
                            N_RUN.fetch_add(1, Ordering::SeqCst);
                        });
                    })
                })
                .collect();
            for _ in 0..round % 4 {
                yield_now();
            }
            callers.iter().skip(round % 3).step_by(3).for_each(GreenThread::kill);
            n_served += callers.into_iter().filter_map(|caller| caller.wait().ok()).count();
        }
        let number = proxy.into_inner().unwrap();
        assert_eq!(number, N_RUN.load(Ordering::SeqCst));
        assert!(n_served <= number && n_served >= 200 * 6, "{n_served} of {number}");
    });
}
