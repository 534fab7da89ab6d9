//! Limits that fire while a patched call waits: it fails, and the limit is reported all the same.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use eventlet::debug;
use eventlet::{Timeout, sleep, spawn, with_timeout};
use eventlet_monkey_tests::Silence;
use eventlet_tests::{Log, OnDrop, compute_for, ms, yield_now};

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

/// Reads where nothing comes, which a limit must end.
#[track_caller]
fn felt(silence: &Silence) {
    assert_eq!(silence.read_error(), libc::ETIMEDOUT);
}

#[test]
fn the_call_fails_and_the_limit_is_reported() {
    check(|| {
        let silence = Silence::new();
        let error = Cell::new(None);
        let late = with_timeout(ms(5), || error.set(silence.read().err()));
        assert_eq!(late.unwrap_err().limit(), ms(5));
        let error = error.take().unwrap();
        assert_eq!(
            (error.kind(), error.raw_os_error()),
            (ErrorKind::TimedOut, Some(libc::ETIMEDOUT))
        );
        sleep(Duration::ZERO);
    });
}

#[test]
fn in_a_green_thread_too() {
    check(|| {
        let late = spawn(|| {
            let silence = Silence::new();
            let late = with_timeout(ms(5), || felt(&silence));
            sleep(ms(1));
            late.is_err()
        });
        assert!(late.wait().unwrap());
    });
}

#[test]
fn what_ends_in_time_is_not_late() {
    check(|| {
        let silence = Rc::new(Silence::new());
        let theirs = silence.clone();
        let writer = spawn(move || {
            sleep(ms(5));
            theirs.write("data");
        });
        assert_eq!(with_timeout(Duration::from_secs(20), || silence.read().unwrap()), Ok(4));
        writer.wait().unwrap();
    });
}

#[test]
fn data_wins_over_the_limit() {
    check(|| {
        let silence = Rc::new(Silence::new());
        let theirs = silence.clone();
        let thread = spawn(move || with_timeout(Duration::ZERO, || silence.read().unwrap()));
        let writer = spawn(move || theirs.write("data"));
        assert_eq!(thread.wait().unwrap(), Ok(4));
        writer.wait().unwrap();
    });
}

#[test]
fn the_value_is_dropped_when_the_limit_is_over() {
    check(|| {
        let log = Log::new();
        let silence = Silence::new();
        let late = with_timeout(ms(5), || {
            felt(&silence);
            let log = log.clone();
            // It may wait, and nothing is thrown at it.
            OnDrop(move || {
                sleep(ms(1));
                log.add("dropped");
            })
        });
        assert!(late.is_err());
        assert_eq!(log.take(), "dropped");
    });
}

#[test]
fn the_next_wait_of_the_library_unwinds() {
    check(|| {
        let log = Log::new();
        let silence = Silence::new();
        let late = with_timeout(ms(5), || {
            felt(&silence);
            log.add("felt");
            sleep(ms(1));
            log.add("slept");
        });
        assert!(late.is_err());
        assert_eq!(log.take(), "felt");
    });
}

#[test]
fn each_further_wait_fails_and_what_need_not_wait_works() {
    check(|| {
        let silence = Silence::new();
        let late = with_timeout(ms(5), || {
            for _ in 0..40 {
                felt(&silence);
            }
            (&silence.stream).write_all(b"QUIT").unwrap();
            silence.write("data");
            assert_eq!(silence.read().unwrap(), 4);
            felt(&silence);
        });
        assert!(late.is_err());
        let mut text = [0; 4];
        (&silence.other).read_exact(&mut text).unwrap();
        assert_eq!(&text, b"QUIT");
    });
}

#[test]
fn who_tries_again_for_ever_lets_others_run() {
    check(|| {
        let n_turns = Rc::new(Cell::new(0));
        let theirs = n_turns.clone();
        let other = spawn(move || {
            while theirs.get() < 200 {
                theirs.set(theirs.get() + 1);
                yield_now();
            }
        });
        let silence = Silence::new();
        let late = with_timeout(Duration::ZERO, || {
            while n_turns.get() < 200 {
                felt(&silence);
            }
        });
        assert!(late.is_err());
        other.wait().unwrap();
    });
}

#[test]
fn who_tries_again_for_ever_pauses() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let silence = Silence::new();
        let late = with_timeout(ms(1), || (0..1600).for_each(|_| felt(&silence)));
        assert!(late.is_err());
        assert_eq!(debug::now() - before, ms(1 + 100 * 10));
    });
}

#[test]
fn the_inner_limit_is_the_inner_ones() {
    check(|| {
        let silence = Silence::new();
        let outer = with_timeout(Duration::from_secs(20), || {
            let inner = with_timeout(ms(5), || felt(&silence));
            sleep(ms(1));
            inner.unwrap_err().limit()
        });
        assert_eq!(outer, Ok(ms(5)));
    });
}

#[test]
fn the_outer_limit_reaches_the_outer_one() {
    check(|| {
        let log = Log::new();
        let silence = Silence::new();
        let outer = with_timeout(ms(5), || {
            let inner = with_timeout(Duration::from_secs(20), || {
                felt(&silence);
                "value"
            });
            log.add(inner.unwrap());
        });
        assert_eq!(outer.unwrap_err().limit(), ms(5));
        assert_eq!(log.take(), "value");
    });
}

#[test]
fn the_outer_limit_passes_through_the_inner_one_from_a_wait() {
    check(|| {
        let log = Log::new();
        let silence = Silence::new();
        let outer = with_timeout(ms(5), || {
            let _ = with_timeout(Duration::from_secs(20), || {
                felt(&silence);
                sleep(ms(1));
            });
            log.add("not reached");
        });
        assert_eq!(outer.unwrap_err().limit(), ms(5));
        assert_eq!(log.take(), "");
    });
}

#[test]
fn both_limits_are_reported_if_both_were_felt() {
    check(|| {
        debug::pause_clock();
        let silence = Silence::new();
        let inner = Cell::new(None);
        let outer = with_timeout(ms(10), || {
            inner.set(Some(with_timeout(ms(5), || felt(&silence))));
            felt(&silence);
        });
        assert_eq!(inner.take().unwrap().unwrap_err().limit(), ms(5));
        assert_eq!(outer.unwrap_err().limit(), ms(10));
    });
}

#[test]
fn a_limit_that_nobody_felt_is_not_reported() {
    check(|| {
        debug::pause_clock();
        let silence = Silence::new();
        let outer = with_timeout(ms(10), || {
            let inner = with_timeout(ms(5), || {
                felt(&silence);
                // Nor is it for who computes.
                debug::resume_clock();
                compute_for(ms(20));
            });
            assert!(inner.is_err());
        });
        assert_eq!(outer, Ok(()));
        sleep(ms(1));
    });
}

#[test]
fn run_reports_it() {
    check(|| {
        let silence = Silence::new();
        let limit = Timeout::new(ms(5));
        assert_eq!(limit.run(|| felt(&silence)).unwrap_err().limit(), ms(5));
        assert!(!limit.is_pending() && !limit.cancel());
        assert_eq!(limit.run(|| sleep(ms(1))), Ok(()));
    });
}

#[test]
fn run_reports_what_was_felt_before() {
    check(|| {
        let thread = spawn(|| {
            let silence = Silence::new();
            let limit = Timeout::new(ms(5));
            felt(&silence);
            assert!(!limit.is_pending());
            limit.run(|| ()).is_err()
        });
        assert!(thread.wait().unwrap());
    });
}

#[test]
fn a_limit_that_is_dropped_or_cancelled_is_over() {
    check(|| {
        let thread = spawn(|| {
            let silence = Silence::new();
            let limit = Timeout::new(ms(5));
            felt(&silence);
            drop(limit);
            sleep(ms(1));
            let limit = Timeout::new(ms(5));
            felt(&silence);
            assert!(!limit.cancel(), "it has fired");
            sleep(ms(1));
            limit.run(|| ()).unwrap();
        });
        thread.wait().unwrap();
    });
}

#[test]
fn a_limit_that_nobody_catches_ends_the_green_thread() {
    check(|| {
        let thread = spawn(|| {
            let silence = Silence::new();
            let _limit = Timeout::new(ms(5));
            felt(&silence);
            sleep(ms(1));
        });
        assert!(thread.wait().unwrap_err().is_timeout());
    });
}

#[test]
fn a_panic_because_of_the_error_is_the_limits() {
    check(|| {
        let late = spawn(|| {
            let silence = Silence::new();
            let late = with_timeout(ms(5), || silence.read().unwrap());
            assert!(!std::thread::panicking());
            // Nothing is left of it.
            sleep(ms(1));
            late.unwrap_err().limit()
        });
        assert_eq!(late.wait().unwrap(), ms(5));
        // std panics because of it.
        let output = || Command::new("sleep").arg("5").output();
        assert_eq!(with_timeout(ms(20), output).unwrap_err().limit(), ms(20));
    });
}

#[test]
fn a_panic_because_of_another_limit_passes_through() {
    check(|| {
        let silence = Silence::new();
        let outer = with_timeout(ms(5), || {
            let inner = with_timeout(Duration::from_secs(20), || silence.read().unwrap());
            inner.is_ok()
        });
        assert_eq!(outer.unwrap_err().limit(), ms(5));
        let thread = spawn(|| {
            let silence = Silence::new();
            let _ = with_timeout(Duration::from_secs(20), || {
                let _ = with_timeout(ms(5), || silence.read());
                panic!("as it should");
            });
        });
        assert!(thread.wait().unwrap_err().is_panic());
    });
}

#[test]
fn another_green_threads_run_reports_nothing() {
    check(|| {
        let limit = Rc::new(Timeout::new(Duration::from_secs(20)));
        let thread = spawn(|| {
            let silence = Silence::new();
            let limit = Rc::new(Timeout::new(ms(5)));
            let theirs = limit.clone();
            let other = spawn(move || {
                sleep(ms(20));
                theirs.run(|| ()).is_ok()
            });
            felt(&silence);
            limit.cancel();
            other.wait().unwrap()
        });
        assert!(thread.wait().unwrap());
        assert!(limit.is_pending());
    });
}
