//! The behaviours of Eventlet's own tests of tpool: calls, sizes, and the end of the threads.

use std::panic::panic_any;
use std::sync::Arc;
use std::time::Duration;

use eventlet::tpool::{self, execute};
use eventlet::{TimedOut, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::{held_job, most_at_once};
use eventlet_tests::{check, ms, panic_of, yield_now};

#[test]
fn timeout() {
    check(|| {
        let (_hold, job) = held_job();
        let late = with_timeout(ms(5), || execute(job));
        assert_eq!(late.unwrap_err().limit(), ms(5));
    });
}

/// What is raised in the job may be a timeout; it is not taken for one of the caller's.
#[test]
fn eventlet_timeout() {
    check(|| {
        let late = execute(|| with_timeout(Duration::ZERO, || sleep(ms(1))));
        let text = panic_of(|| execute(move || panic!("{}", late.unwrap_err())));
        assert_eq!(text, "timed out after 0ns");

        let outer = with_timeout(Duration::from_secs(3600), || {
            std::panic::catch_unwind(|| execute(move || panic_any(late.unwrap_err())))
        });
        let payload = outer.unwrap().unwrap_err();
        assert_eq!(payload.downcast::<TimedOut>().unwrap().limit(), Duration::ZERO);
    });
}

#[test]
fn killall() {
    let ended = Child::new().run(|| {
        tpool::killall();
        assert_eq!(execute(|| 5), 5);
        assert_eq!(tpool::stats().threads, 1);
        tpool::killall();
        assert_eq!(tpool::stats().threads, 0);
        tpool::killall();
        assert_eq!(execute(|| 6), 6);
    });
    ended.expect_success();
}

#[test]
fn killall_remaining_results() {
    check(|| {
        let (hold, job) = held_job();
        let caller = spawn(move || {
            execute(move || {
                job();
                "the result"
            })
        });
        hold.wait_until_begun();
        let ender = spawn(tpool::killall);
        yield_now();
        assert!(!ender.is_dead(), "a job is under way");
        drop(hold);
        ender.wait().unwrap();
        assert_eq!(caller.wait().unwrap(), "the result");
    });
}

#[test]
fn tpool_set_num_threads() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "7").run(|| {
        tpool::set_num_threads(5);
        assert_eq!(tpool::stats().size, 5);
        assert_eq!(most_at_once(10, 5), 5);
    });
    ended.expect_success();
}

/// Nothing is kept of calls that have panicked.
#[test]
fn leakage_from_tracebacks() {
    check(|| {
        let alive = Arc::new(());
        for _ in 0..110 {
            let (captured, payload) = (alive.clone(), alive.clone());
            let raised = std::panic::catch_unwind(|| {
                execute(move || {
                    let _captured = captured;
                    std::panic::resume_unwind(Box::new(payload))
                })
            });
            assert!(raised.unwrap_err().is::<Arc<()>>());
        }
        // The worker lets go of a call after it has woken the caller.
        tpool::killall();
        assert_eq!(Arc::strong_count(&alive), 1);
    });
}
