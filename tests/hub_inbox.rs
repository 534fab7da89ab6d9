//! Waking a hub from other OS threads: nothing is lost, whether it sleeps, runs or falls asleep.

use std::cell::Cell;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use eventlet::tpool::execute;
use eventlet::{debug, sleep, spawn, with_timeout};
use eventlet_tests::{check, ms, yield_now};

#[test]
fn a_sleeping_hub_is_woken() {
    check(|| {
        let before = Instant::now();
        let sleeper = spawn(|| sleep(Duration::from_secs(3600)));
        let caller = spawn(|| execute(|| thread::sleep(ms(10))));
        caller.wait().unwrap();
        assert!(before.elapsed() < Duration::from_secs(20), "it was not left asleep");
        sleeper.kill();
        drop(sleeper);
    });
}

/// The race is between falling asleep and the message: many rounds, at ever other moments.
#[test]
fn no_wake_is_lost_in_the_moment_of_falling_asleep() {
    check(|| {
        let mut random = 0x9E37_79B9_u32;
        for _ in 0..3000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let spins = random >> 18;
            execute(move || (0..spins).for_each(|_| std::hint::spin_loop()));
        }
    });
}

#[test]
fn no_wake_is_lost_while_timers_fire() {
    check(|| {
        let stop = Rc::new(Cell::new(false));
        let flag = stop.clone();
        let ticker = spawn(move || {
            while !flag.get() {
                sleep(Duration::from_micros(20));
            }
        });
        let callers: Vec<_> =
            (0..4).map(|_| spawn(|| (0..300).map(|n| execute(move || n)).sum::<u32>())).collect();
        for caller in callers {
            assert_eq!(caller.wait().unwrap(), 300 * 299 / 2);
        }
        stop.set(true);
        ticker.wait().unwrap();
    });
}

/// Wakes of broken-off waits come late and must not end another wait of the same green thread.
#[test]
fn a_late_wake_does_not_end_a_later_wait() {
    check(|| {
        let thread = spawn(|| {
            for _ in 0..50 {
                // Whichever comes first: the result or the timeout.
                let _ = with_timeout(Duration::from_micros(100), || {
                    execute(|| thread::sleep(Duration::from_micros(100)));
                });
                let before = Instant::now();
                sleep(ms(1));
                assert!(before.elapsed() >= ms(1));
            }
        });
        thread.wait().unwrap();
    });
}

/// While a job runs, a paused clock stands still: its result cannot be overtaken by a deadline.
#[test]
fn a_paused_clock_waits_for_jobs() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let result = with_timeout(ms(1), || execute(|| thread::sleep(ms(20))));
        assert!(result.is_ok());
        assert_eq!(debug::now(), before);
        yield_now();
    });
}
