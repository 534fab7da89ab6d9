//! Timeouts: alone, nested, and left uncaught.

use std::cell::Cell;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::hubs::{Direction, trampoline};
use eventlet::{Timeout, debug, sleep, spawn, with_timeout};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

const HOUR: Duration = Duration::from_secs(3600);

/// The inner one is shorter: only it is caught there.
#[test]
fn nested_timeout() {
    check(|| {
        debug::pause_clock();
        let result = with_timeout(ms(100), || {
            let inner = with_timeout(ms(10), || sleep(HOUR));
            sleep(ms(10));
            inner
        });
        assert_eq!(result.unwrap().unwrap_err().limit(), ms(10));
    });
}

/// The outer one is shorter and passes through the inner one.
#[test]
fn with_outer_timer() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let result = with_timeout(ms(10), || {
            let inner = with_timeout(ms(100), || sleep(HOUR));
            theirs.add("the inner one came back");
            inner
        });
        assert_eq!(result.unwrap_err().limit(), ms(10));
        assert_eq!(log.take(), "");
    });
}

#[test]
fn the_same_limit_twice_is_told_apart() {
    check(|| {
        debug::pause_clock();
        // Both fall due at once: the outer one is older.
        let result = with_timeout(ms(10), || with_timeout(ms(10), || sleep(HOUR)));
        assert!(result.is_err());
        let result = with_timeout(ms(10), || with_timeout(ms(9), || sleep(HOUR)).is_err());
        assert_eq!(result, Ok(true));
    });
}

#[test]
fn ten_deep_each_catches_its_own() {
    fn nest(depth: u64, log: &Log) {
        let result = with_timeout(ms(depth * 10), || match depth {
            1 => sleep(HOUR),
            _ => {
                nest(depth - 1, log);
                sleep(HOUR);
            }
        });
        log.add(result.unwrap_err().limit().as_millis());
    }
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        nest(10, &log);
        assert_eq!(log.take(), "10 20 30 40 50 60 70 80 90 100");
    });
}

/// Eventlet: the inner stays pending when the outer fires.
#[test]
fn an_inner_one_stays_pending_when_the_outer_fires() {
    check(|| {
        debug::pause_clock();
        let slot = Rc::new(Cell::new(None));
        let theirs = slot.clone();
        let result = with_timeout(ms(10), || {
            let inner = Timeout::new(ms(20));
            theirs.set(Some(inner));
            sleep(HOUR);
        });
        assert!(result.is_err());
        let inner = slot.take().unwrap();
        assert!(inner.is_pending());
        assert!(inner.run(|| sleep(HOUR)).is_err());
    });
}

#[test]
fn a_caught_unwind_of_a_timeout_is_not_repeated() {
    check(|| {
        debug::pause_clock();
        let result = with_timeout(ms(10), || {
            assert!(catch_unwind(|| sleep(HOUR)).is_err());
            sleep(ms(50));
            "went on"
        });
        assert_eq!(result, Ok("went on"));
    });
}

#[test]
fn uncaught_in_a_green_thread_it_ends_it() {
    check(|| {
        let exit = spawn(|| {
            let _limit = Timeout::new(ms(1));
            sleep(HOUR);
        });
        let exit = exit.wait().unwrap_err();
        assert!(exit.is_timeout() && !exit.is_killed() && !exit.is_panic());
        assert_eq!(exit.to_string(), "the green thread was ended by a timeout");
    });
}

#[test]
fn uncaught_in_the_main_context_it_panics() {
    check(|| {
        let text = panic_of(|| {
            let _limit = Timeout::new(ms(1));
            sleep(HOUR);
        });
        assert_eq!(text, "a Timeout fired in the main context, outside Timeout::run");
    });
}

#[test]
fn panics_and_kills_pass_through() {
    check(|| {
        let text = panic_of(|| with_timeout(HOUR, || panic!("expected")));
        assert_eq!(text, "expected");
        let thread = spawn(|| with_timeout(HOUR, || sleep(HOUR)));
        yield_now();
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
        assert_eq!(eventlet::hubs::get_hub().stats().timers, 0);
    });
}

/// Data that was there before the deadline wins, though the hub finds both at once.
#[test]
fn data_wins_over_a_timeout_round_the_wait() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let waiter =
            spawn(move || with_timeout(ms(5), || trampoline(&reader, Direction::Read, None)));
        yield_now();
        writer.write_all(b"x").unwrap();
        let before = Instant::now();
        while before.elapsed() < ms(20) {
            std::hint::spin_loop();
        }
        waiter.wait().unwrap().expect("the data came in time").unwrap();
    });
}

/// A result wins over the timeout of who waits for it, if it is there when the waiter runs.
#[test]
fn a_result_wins_over_a_timeout_that_falls_due_with_it() {
    check(|| {
        debug::pause_clock();
        let worker = spawn(|| {
            sleep(ms(10));
            5
        });
        yield_now();
        let result = with_timeout(ms(10), || worker.wait().unwrap());
        assert_eq!(result, Ok(5));
    });
}

#[test]
fn a_timeout_while_a_destructor_waits_comes_after_the_unwinding() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let theirs = log.clone();
        let helper = spawn(|| sleep(ms(50)));
        let victim = spawn(move || {
            let result = with_timeout(ms(20), || {
                let inner = with_timeout(ms(10), || {
                    let mut helper = Some(helper);
                    let _on_drop = eventlet_tests::OnDrop(|| {
                        helper.take().unwrap().wait().unwrap();
                        theirs.add("helped");
                    });
                    sleep(HOUR);
                });
                theirs.add(inner.is_err());
                sleep(HOUR);
            });
            theirs.add(result.is_err());
        });
        victim.wait().unwrap();
        assert_eq!(log.take(), "helped true true");
    });
}

#[test]
fn a_limit_on_a_green_thread_from_outside_is_a_kill() {
    check(|| {
        debug::pause_clock();
        let thread = spawn(|| sleep(HOUR));
        let handle = thread.handle();
        let late = with_timeout(ms(10), || thread.wait());
        assert!(late.is_err());
        assert!(!handle.is_dead(), "giving up on a wait does not end what was waited for");
        handle.kill();
    });
}
