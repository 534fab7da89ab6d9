//! Sleeping by std and by the C library.
#![allow(unsafe_code, reason = "calls of C functions")]

use std::io;
use std::panic;
use std::ptr::null_mut;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use eventlet::debug::pause_clock;
use eventlet_monkey_tests::{at_once, check, is_patched};
use eventlet_tests::{Log, ms, timed};
use libc::{c_int, clockid_t, timespec};

const N: usize = 200;
const HOUR: Duration = Duration::from_secs(3600);

fn spec(time: Duration) -> timespec {
    timespec { tv_sec: time.as_secs() as _, tv_nsec: time.subsec_nanos() as _ }
}

/// Calls `clock_nanosleep`, and returns its answer.
fn clock_sleep(clock: clockid_t, flags: c_int, time: Duration) -> c_int {
    // SAFETY: the time is one, and nothing is to be written.
    unsafe { libc::clock_nanosleep(clock, flags, &spec(time), null_mut()) }
}

fn now(clock: clockid_t) -> Duration {
    let mut now = spec(Duration::ZERO);
    // SAFETY: there is place for a time.
    assert_eq!(unsafe { libc::clock_gettime(clock, &mut now) }, 0);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// What the hub's clock has moved on by while `f` ran, in whole seconds.
fn hub_seconds(f: impl FnOnce()) -> u64 {
    let start = eventlet::debug::now();
    f();
    (eventlet::debug::now() - start).as_secs()
}

#[test]
fn many_at_once() {
    check(|| {
        let run = at_once(N, |_| timed(ms(300), || thread::sleep(ms(300))));
        run.like_the_slowest(ms(300));
        // SAFETY: it takes a number.
        let run = at_once(N, |_| timed(ms(300), || unsafe { libc::usleep(300_000) }));
        assert_eq!(run.like_the_slowest(ms(300)), [0; N]);
        // SAFETY: as above.
        let run = at_once(N, |_| timed(ms(1000), || unsafe { libc::sleep(1) }));
        assert_eq!(run.like_the_slowest(ms(1000)), [0; N]);
    });
}

#[test]
fn clocks() {
    check(|| {
        for clock in [libc::CLOCK_MONOTONIC, libc::CLOCK_REALTIME, libc::CLOCK_BOOTTIME] {
            let run = at_once(N, |_| timed(ms(300), || clock_sleep(clock, 0, ms(300))));
            assert_eq!(run.like_the_slowest(ms(300)), [0; N]);
            let run = at_once(N, |_| {
                let end = now(clock) + ms(300);
                let answer = clock_sleep(clock, libc::TIMER_ABSTIME, end);
                assert!(now(clock) >= end, "it returned before its time");
                answer
            });
            assert_eq!(run.like_the_slowest(ms(300)), [0; N]);
            // What is over already takes no time.
            assert_eq!(clock_sleep(clock, libc::TIMER_ABSTIME, ms(1)), 0);
        }
    });
}

#[test]
fn what_is_no_time() {
    check(|| {
        for (tv_sec, tv_nsec) in [(0, 1_000_000_000), (0, -1), (-1, 0)] {
            let time = timespec { tv_sec, tv_nsec };
            // SAFETY: the pointers are null or point to a time.
            unsafe {
                assert_eq!(libc::nanosleep(&time, null_mut()), -1);
                assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EINVAL));
                let clock = libc::CLOCK_MONOTONIC;
                assert_eq!(libc::clock_nanosleep(clock, 0, &time, null_mut()), libc::EINVAL);
                assert_eq!(libc::nanosleep(null_mut(), null_mut()), -1);
                assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EFAULT));
            }
        }
        assert_eq!(clock_sleep(12345, 0, ms(1)), libc::EINVAL);
        assert_eq!(clock_sleep(libc::CLOCK_THREAD_CPUTIME_ID, 0, ms(1)), libc::EINVAL);
    });
}

#[test]
fn errno_is_left_alone() {
    check(|| {
        // SAFETY: the location is this thread's; the call takes a number.
        unsafe {
            *libc::__errno_location() = libc::EXDEV;
            assert_eq!(libc::usleep(1000), 0);
            assert_eq!(*libc::__errno_location(), libc::EXDEV);
        }
    });
}

#[test]
fn zero_yields() {
    check(|| {
        if !is_patched() {
            return;
        }
        let log = Log::new();
        let calls: [fn(); 4] = [
            // SAFETY: it takes a number.
            || unsafe { assert_eq!(libc::sleep(0), 0) },
            // SAFETY: as above.
            || unsafe { assert_eq!(libc::usleep(0), 0) },
            || assert_eq!(clock_sleep(libc::CLOCK_MONOTONIC, 0, Duration::ZERO), 0),
            || assert_eq!(clock_sleep(libc::CLOCK_REALTIME, libc::TIMER_ABSTIME, ms(0)), 0),
        ];
        let steps = |name: &'static str| {
            let log = log.clone();
            eventlet::spawn(move || {
                for call in calls {
                    log.add(name);
                    call();
                }
            })
        };
        let threads = ["a", "b", "c"].map(steps);
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(log.take(), "a b c a b c a b c a b c");
    });
}

#[test]
fn a_paused_clock() {
    check(|| {
        if !is_patched() {
            return;
        }
        pause_clock();
        let log = Log::new();
        let sleepers = [3, 1, 2].map(|hours| {
            let log = log.clone();
            eventlet::spawn(move || {
                thread::sleep(HOUR * hours);
                log.add(hours);
            })
        });
        let seconds =
            hub_seconds(|| sleepers.into_iter().for_each(|sleeper| sleeper.wait().unwrap()));
        assert_eq!((log.take().as_str(), seconds), ("1 2 3", 3 * 3600));
        let seconds = hub_seconds(|| {
            let end = now(libc::CLOCK_REALTIME) + HOUR + ms(500);
            assert_eq!(clock_sleep(libc::CLOCK_REALTIME, libc::TIMER_ABSTIME, end), 0);
        });
        assert_eq!(seconds, 3600);
        assert_eq!(hub_seconds(|| thread::sleep(HOUR * 1_000_000)), 3_600_000_000);
    });
}

#[test]
fn a_kill_ends_a_sleep() {
    check(|| {
        if !is_patched() {
            return;
        }
        pause_clock();
        let log = Log::new();
        let sleeper = {
            let log = log.clone();
            eventlet::spawn(move || {
                thread::sleep(HOUR);
                log.add("slept");
                eventlet::sleep(ms(1));
                log.add("went on");
            })
        };
        eventlet::sleep(ms(1));
        assert_eq!(hub_seconds(|| sleeper.kill()), 0);
        assert!(sleeper.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "slept");
    });
}

#[test]
fn who_was_killed_does_not_spin() {
    check(|| {
        if !is_patched() {
            return;
        }
        pause_clock();
        // It never calls the library, so that the kill is not raised.
        let sleeper = eventlet::spawn(|| (0..1601).for_each(|_| thread::sleep(HOUR)));
        eventlet::sleep(ms(1));
        let seconds = hub_seconds(|| {
            sleeper.kill();
            let _ = sleeper.wait();
        });
        // It pauses now and then: after each 16 that have ended at once.
        assert_eq!(seconds, 1);
    });
}

#[test]
fn a_limit_ends_a_sleep() {
    check(|| {
        if !is_patched() {
            return;
        }
        pause_clock();
        let seconds = hub_seconds(|| {
            let result = eventlet::with_timeout(ms(1500), || {
                thread::sleep(HOUR);
                eventlet::sleep(HOUR);
            });
            assert!(result.is_err());
        });
        assert_eq!(seconds, 1);
    });
}

#[test]
fn who_unwinds_sleeps() {
    struct Sleeper;
    impl Drop for Sleeper {
        fn drop(&mut self) {
            timed(ms(20), || thread::sleep(ms(20)));
        }
    }
    check(|| {
        at_once(2, |_| {
            let result = panic::catch_unwind(|| {
                let _sleeper = Sleeper;
                panic::resume_unwind(Box::new("unwinds"));
            });
            assert!(result.is_err());
        });
    });
}

#[test]
fn other_threads_sleep_by_themselves() {
    check(|| {
        let ends: Vec<_> = at_once(2, |_| {
            let start = Instant::now();
            // The clock of this hub has nothing to do with it.
            let sleep = || timed(ms(50), || thread::sleep(ms(50)));
            thread::spawn(sleep).join().expect("it sleeps");
            start.elapsed()
        })
        .results;
        assert!(ends.into_iter().all(|end| end >= ms(50)));
        assert!(SystemTime::now() > SystemTime::UNIX_EPOCH);
    });
}

#[test]
fn the_original_holds_up_the_others() {
    check(|| {
        if !is_patched() {
            return;
        }
        let log = Log::new();
        let other = {
            let log = log.clone();
            eventlet::spawn(move || log.add("other"))
        };
        // SAFETY: it takes a number.
        assert_eq!(unsafe { eventlet::patcher::original::usleep(1000) }, 0);
        log.add("slept");
        other.wait().unwrap();
        assert_eq!(log.take(), "slept other");
    });
}
