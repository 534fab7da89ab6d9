//! How a proxy ends: where its value is dropped, and what comes of the calls that have it.

use std::panic::panic_any;
use std::sync::mpsc::Receiver;
use std::thread;

use eventlet::spawn;
use eventlet::tpool::{Proxy, execute};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::{TellDrop, held_job, hold_proxy, is_on_pool, tell_drop};
use eventlet_tests::{LIMIT, check, panic_of, yield_now};

fn assert_dropped_on_pool(told: &Receiver<&'static str>) {
    assert_eq!(told.recv_timeout(LIMIT), Ok("pool"));
}

#[test]
fn the_last_handle_drops_the_value_on_the_pool() {
    check(|| {
        let (value, told) = tell_drop();
        let proxy = Proxy::new(value);
        let other = proxy.clone();
        drop(proxy);
        assert!(other.call(|_| is_on_pool()));
        assert!(told.try_recv().is_err());
        drop(other);
        assert_dropped_on_pool(&told);
    });
}

#[test]
fn a_value_outlives_its_handles_while_a_call_has_it() {
    check(|| {
        let (value, told) = tell_drop();
        let proxy = Proxy::new(value);
        let (hold, caller) = hold_proxy(&proxy);
        caller.kill();
        drop((caller, proxy));
        assert!(told.try_recv().is_err());
        drop(hold);
        assert_dropped_on_pool(&told);
    });
}

#[test]
fn what_is_wrapped_is_dropped_on_the_pool() {
    check(|| {
        let (tell, told) = tell_drop();
        let proxy = Proxy::new(Some(tell));
        let child: Proxy<TellDrop> = proxy.wrap(|slot| slot.take().unwrap());
        drop(proxy);
        assert!(told.try_recv().is_err());
        drop(child);
        assert_dropped_on_pool(&told);

        // Nobody takes the child any more: it has never been elsewhere.
        let (tell, told) = tell_drop();
        let (hold, job) = held_job();
        let proxy = Proxy::new(Some(tell));
        let killed = spawn(move || {
            proxy.wrap(|slot| {
                job();
                slot.take().unwrap()
            })
        });
        hold.wait_until_begun();
        killed.kill();
        drop((killed, hold));
        assert_dropped_on_pool(&told);
    });
}

#[test]
fn into_inner_waits_for_calls_that_were_given_up() {
    check(|| {
        let proxy = Proxy::new(0);
        let (hold, job) = held_job();
        let theirs = proxy.clone();
        let killed = spawn(move || {
            theirs.call(|number| {
                job();
                *number = 7;
            });
        });
        hold.wait_until_begun();
        killed.kill();
        drop(killed);
        let taker = spawn(move || proxy.into_inner().unwrap());
        yield_now();
        assert!(!taker.is_dead());
        drop(hold);
        assert_eq!(taker.wait().unwrap(), 7);
    });
}

#[test]
fn into_inner_that_is_killed_leaves_the_value_to_the_pool() {
    check(|| {
        let (value, told) = tell_drop();
        let proxy = Proxy::new(value);
        let (hold, caller) = hold_proxy(&proxy);
        caller.kill();
        drop(caller);
        let taker = spawn(move || proxy.into_inner().is_ok());
        yield_now();
        taker.kill();
        assert!(taker.wait().unwrap_err().is_killed());
        drop(hold);
        assert_dropped_on_pool(&told);
    });
}

/// A panic whose payload panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("expected");
    }
}

#[test]
fn panics_harm_neither_the_proxy_nor_the_pool() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "1").run(|| {
        let worker = execute(|| thread::current().id());
        let proxy = Proxy::new(0);
        for n in 1..=10 {
            let text = panic_of(|| {
                proxy.call(move |number| {
                    *number = n;
                    panic!("number {n}")
                })
            });
            assert_eq!(text, format!("number {n}"));
            assert_eq!(proxy.call(|number| *number), n, "as it was left");
        }
        let (hold, job) = held_job();
        let theirs = proxy.clone();
        let caller = spawn(move || {
            theirs.call(|_| {
                job();
                panic_any(Bomb)
            })
        });
        hold.wait_until_begun();
        caller.kill();
        drop(hold);
        assert_eq!(proxy.call(|_| thread::current().id()), worker);
        // So does a value that panics when it is dropped.
        drop(Proxy::new(Bomb));
        assert_eq!(execute(|| thread::current().id()), worker);
    });
    ended.expect_success();
}
