//! Timeouts: when they fire, and when they do not.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::green::net::TcpStream;
use eventlet::{TimedOut, Timeout, debug, sleep, spawn, spawn_after, with_timeout};
use eventlet_tests::{Log, check, compute_for, ms, timed, yield_now};

const HOUR: Duration = Duration::from_secs(3600);

/// Eventlet's `test_with_timeout`.
#[test]
fn with_timeout_gives_the_value_or_the_error() {
    check(|| {
        debug::pause_clock();
        assert_eq!(with_timeout(HOUR, || 5), Ok(5));
        let before = debug::now();
        let late = with_timeout(ms(10), || sleep(HOUR)).unwrap_err();
        assert_eq!(late.limit(), ms(10));
        assert_eq!(debug::now() - before, ms(10));
        assert_eq!(eventlet::hubs::get_hub().stats().timers, 0, "nothing is left to fire");
    });
}

#[test]
fn repr() {
    check(|| {
        let late = with_timeout(ms(1), || sleep(HOUR)).unwrap_err();
        assert_eq!(late.to_string(), "timed out after 1ms");
        let error = io::Error::from(late);
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(error.to_string(), "timed out after 1ms");
        assert!(error.get_ref().unwrap().is::<TimedOut>());
        let limit = Timeout::new(HOUR);
        assert_eq!(format!("{limit:?}"), "Timeout { limit: 3600s, pending: true }");
    });
}

#[test]
fn destructors_run_when_it_fires() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let late = with_timeout(ms(1), || {
            let _noted = theirs.on_drop("unwound");
            sleep(HOUR);
            theirs.add("woke");
        });
        assert!(late.is_err());
        assert_eq!(log.take(), "unwound");
    });
}

#[test]
fn zero_ends_the_first_wait() {
    check(|| {
        assert_eq!(with_timeout(Duration::ZERO, || 5), Ok(5));
        assert!(with_timeout(Duration::ZERO, yield_now).is_err());
        assert!(with_timeout(Duration::ZERO, || sleep(HOUR)).is_err());
        let thread = spawn(|| sleep(HOUR));
        let handle = thread.handle();
        assert!(with_timeout(Duration::ZERO, || thread.wait()).is_err());
        handle.kill();
    });
}

#[test]
fn cancellation() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(10));
        assert!(limit.is_pending());
        assert!(limit.cancel());
        assert!(!limit.is_pending());
        assert!(!limit.cancel());
        sleep(ms(20));
    });
}

#[test]
fn cancel_timer_inside_block() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(10));
        let result = limit.run(|| {
            limit.cancel();
            sleep(ms(20));
            "uninterrupted"
        });
        assert_eq!(result, Ok("uninterrupted"));
    });
}

#[test]
fn a_dropped_timeout_does_not_fire() {
    check(|| {
        debug::pause_clock();
        drop(Timeout::new(ms(10)));
        sleep(ms(20));
    });
}

#[test]
fn it_fires_once() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(ms(10));
        assert!(limit.run(|| sleep(HOUR)).is_err());
        assert!(!limit.is_pending());
        assert!(limit.run(|| sleep(ms(50))).is_ok());
    });
}

#[test]
fn it_covers_several_waits() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let late = with_timeout(ms(25), || {
            loop {
                sleep(ms(10));
            }
        });
        let _: TimedOut = late.unwrap_err();
        assert_eq!(debug::now() - before, ms(25));
    });
}

#[test]
fn it_ends_a_loop_that_only_yields() {
    check(|| {
        let before = Instant::now();
        let late = with_timeout(ms(5), || {
            loop {
                yield_now()
            }
        });
        assert!(late.is_err());
        assert!(before.elapsed() >= ms(5));
        let thread = spawn(|| {
            with_timeout(ms(5), || {
                loop {
                    yield_now()
                }
            })
            .is_err()
        });
        assert!(thread.wait().unwrap());
    });
}

/// While others have their turns, there is always something to read again.
#[test]
fn it_ends_a_loop_that_is_always_given_something() {
    check(|| {
        let (mut near, far) = connected();
        let is_over = Arc::new(AtomicBool::new(false));
        let is_read = is_over.clone();
        let feeder = thread::spawn(move || {
            while !is_read.load(Ordering::Relaxed) {
                (&far).write_all(b"x").unwrap();
                thread::sleep(Duration::from_micros(100));
            }
        });
        let others = spawn(|| {
            loop {
                compute_for(ms(5));
                yield_now();
            }
        });
        let before = Instant::now();
        let late = with_timeout(ms(20), || {
            while before.elapsed() < ms(5000) {
                assert!(near.read(&mut [0; 1024]).unwrap() > 0);
            }
        });
        assert!(late.is_err());
        others.kill();
        is_over.store(true, Ordering::Relaxed);
        feeder.join().unwrap();
    });
}

/// A green end of a connection, and one for another OS thread.
fn connected() -> (TcpStream, std::net::TcpStream) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

/// Due, but taken back before it was delivered: the wait goes on as if it had never been.
#[test]
fn one_that_is_cancelled_in_the_turn_it_falls_due_does_not_fire() {
    check(|| {
        debug::pause_clock();
        let slot = Rc::new(Cell::new(None::<Timeout>));
        let theirs = slot.clone();
        // Its timer is older, so it runs first at the same moment.
        let canceller = spawn(move || {
            sleep(ms(10));
            theirs.take().is_some_and(|limit| limit.cancel())
        });
        let sleeper = spawn(move || {
            slot.set(Some(Timeout::new(ms(10))));
            sleep(ms(20));
            debug::now()
        });
        let before = debug::now();
        assert_eq!(sleeper.wait().unwrap() - before, ms(20));
        assert!(canceller.wait().unwrap());
    });
}

/// A timeout is bound to the green thread that made it.
#[test]
fn it_does_not_touch_others() {
    check(|| {
        debug::pause_clock();
        let sleeper = spawn(|| sleep(ms(50)));
        assert!(with_timeout(ms(10), || sleep(HOUR)).is_err());
        assert!(!sleeper.is_dead());
        sleeper.wait().unwrap();

        let thread = spawn(|| Timeout::new(ms(10)));
        let theirs = thread.wait().unwrap();
        sleep(ms(50));
        drop(theirs);
    });
}

/// The longest duration never fires.
#[test]
fn dummy_timer() {
    check(|| {
        debug::pause_clock();
        let limit = Timeout::new(Duration::MAX);
        assert!(limit.is_pending());
        assert!(limit.run(|| sleep(Duration::from_secs(1 << 32))).is_ok());
        assert!(limit.cancel());
    });
}

#[test]
fn a_limit_wins_over_a_sleep_that_ends_at_the_same_moment() {
    check(|| {
        debug::pause_clock();
        for limit in [ms(10), ms(5000)] {
            assert!(with_timeout(limit, || sleep(limit)).is_err());
        }
        debug::resume_clock();
        let limit = ms(1000);
        assert!(with_timeout(limit, || sleep(limit)).is_err());
    });
}

/// Limits of a second and more are set without a reading of the clock.
#[test]
fn a_long_limit_is_not_early_and_hardly_late() {
    check(|| {
        let limit = ms(1000);
        let later = spawn_after(2 * limit, || ());
        timed(limit, || assert!(with_timeout(limit, || sleep(HOUR)).is_err()));
        assert!(later.cancel(), "it was very late");
    });
}

#[test]
fn time_spent_computing_counts() {
    check(|| {
        let limit = ms(1000);
        let later = Cell::new(None);
        let late = with_timeout(limit, || {
            compute_for(limit + ms(200));
            later.set(Some(spawn_after(limit / 2, || ())));
            sleep(HOUR);
        });
        assert!(late.is_err());
        assert!(later.take().unwrap().cancel(), "the limit began with the first wait");
    });
}

#[test]
fn a_long_limit_inside_a_short_one_and_the_other_way_round() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        assert!(with_timeout(ms(2000), || with_timeout(ms(10), || sleep(HOUR)).is_err()).unwrap());
        assert!(with_timeout(ms(10), || with_timeout(ms(2000), || sleep(HOUR))).is_err());
        assert_eq!(debug::now() - before, ms(20));
        debug::resume_clock();
        assert!(with_timeout(ms(2000), || with_timeout(ms(10), || sleep(HOUR)).is_err()).unwrap());
        assert!(with_timeout(ms(10), || with_timeout(ms(2000), || sleep(HOUR))).is_err());
    });
}
