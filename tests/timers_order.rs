//! Sleeping: never too short, in the order of deadlines, and idle without using the CPU.

use std::time::{Duration, Instant};

use eventlet::{debug, hubs, sleep, spawn, spawn_after};
use eventlet_tests::child::Child;
use eventlet_tests::{Log, check, ms, sys, yield_now};

/// Delays end in the order of their deadlines, equal ones as they began.
#[test]
fn ordering() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let delays = [30_u64, 10, 20, 10, 0, 70_000, 40, 1, 3_600_000, 20];
        for (number, delay) in delays.into_iter().enumerate() {
            let log = log.clone();
            spawn_after(ms(delay), move || log.add(format!("{delay}#{number}")));
        }
        sleep(ms(3_600_001));
        let expected = "0#4 1#7 10#1 10#3 20#2 20#9 30#0 40#6 70000#5 3600000#8";
        assert_eq!(log.take(), expected);
    });
}

#[test]
fn a_sleep_is_never_too_short() {
    check(|| {
        let mut times: Vec<_> = (0..200)
            .map(|_| {
                let before = Instant::now();
                sleep(Duration::from_micros(50));
                before.elapsed()
            })
            .collect();
        times.sort();
        assert!(times[0] >= Duration::from_micros(50), "the shortest took {:?}", times[0]);
        // A busy machine makes most of them longer.
        assert!(times[0] < ms(5), "the shortest took {:?}", times[0]);
    });
}

#[test]
fn odd_durations_are_never_too_short() {
    check(|| {
        for nanos in [1, 999, 65_535, 65_536, 65_537, 999_999, 1_000_001, 4_194_304, 4_194_305] {
            let duration = Duration::from_nanos(nanos);
            let before = Instant::now();
            sleep(duration);
            assert!(before.elapsed() >= duration, "{duration:?} took {:?}", before.elapsed());
        }
    });
}

#[test]
fn sleeps_run_side_by_side() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let threads: Vec<_> = (0..1000).map(|_| spawn(|| sleep(ms(100)))).collect();
        for thread in threads {
            thread.wait().unwrap();
        }
        assert_eq!(debug::now() - before, ms(100));
    });
}

#[test]
fn cancel_immediate() {
    check(|| {
        for _ in 0..3000 {
            let thread = spawn_after(Duration::from_secs(60), || unreachable!("cancelled"));
            assert!(thread.cancel());
        }
        assert_eq!(hubs::get_hub().stats().timers, 0);
    });
}

/// Each goes when it is cancelled, not when enough of them have piled up.
#[test]
fn cancel_proportion() {
    check(|| {
        let n_timers = || hubs::get_hub().stats().timers;
        let threads: Vec<_> =
            (0..3000).map(|n| spawn_after(ms(60_000 + n), || unreachable!("cancelled"))).collect();
        assert_eq!(n_timers(), 3000);
        for thread in threads.iter().step_by(2) {
            thread.cancel();
        }
        assert_eq!(n_timers(), 1500);
        for thread in threads {
            thread.cancel();
        }
        assert_eq!(n_timers(), 0);
    });
}

/// Signals interrupt the poller's system call; nobody is woken by that.
#[test]
fn suspend_doesnt_crash() {
    let ended = Child::new().run(|| {
        let signals = sys::interrupt_this_thread_often();
        for _ in 0..20 {
            let before = Instant::now();
            sleep(ms(5));
            assert!(before.elapsed() >= ms(5));
        }
        assert!(signals.stop() > 0, "there were none");
    });
    ended.expect_success();
}

/// A wait that is over leaves its timer for the next one; a short sleep after a long one is short.
#[test]
fn a_left_over_timer_does_not_delay_a_shorter_sleep() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let thread = spawn(|| {
            assert!(eventlet::with_timeout(ms(500), || sleep(ms(1))).is_ok());
            sleep(ms(20));
            assert!(eventlet::with_timeout(ms(5), || sleep(ms(500))).is_err());
            sleep(ms(10));
            debug::now()
        });
        assert_eq!(thread.wait().unwrap() - before, ms(36));
    });
}

/// The clock of a hub can be stopped, jumps to the next deadline, and runs on when it is resumed.
#[test]
fn the_clock_can_be_paused_and_resumed() {
    check(|| {
        debug::pause_clock();
        let shown = debug::now();
        let real = Instant::now();
        while real.elapsed() < ms(5) {
            yield_now();
        }
        assert_eq!(debug::now(), shown);
        sleep(Duration::from_secs(1_000_000));
        assert_eq!(debug::now() - shown, Duration::from_secs(1_000_000));
        debug::resume_clock();
        let resumed = debug::now();
        let real = Instant::now();
        sleep(ms(2));
        assert!(real.elapsed() >= ms(2));
        assert!(debug::now() - resumed >= ms(2));
        assert!(debug::now() - resumed < Duration::from_secs(1_000));
    });
}

/// Eventlet burnt a core here more than once: a hub with nothing to do must sleep.
#[test]
fn an_idle_hub_uses_no_cpu() {
    check(|| {
        sys::allow_descriptors(2200);
        let pairs: Vec<_> = (0..1000)
            .map(|_| std::os::unix::net::UnixStream::pair().expect("a pair of sockets"))
            .collect();
        let (readers, writers): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let waiting: Vec<_> = readers
            .into_iter()
            .map(|reader| {
                spawn(move || {
                    let hour = Some(Duration::from_secs(3600));
                    hubs::trampoline(&reader, hubs::Direction::Read, hour).unwrap();
                })
            })
            .collect();
        yield_now();
        assert_eq!(hubs::get_hub().stats().io_waiters, 1000);
        let before = sys::thread_cpu_time();
        sleep(ms(1000));
        let used = sys::thread_cpu_time() - before;
        assert!(used < ms(100), "an idle second took {used:?} of CPU time");
        drop(writers);
        for thread in waiting {
            thread.wait().unwrap();
        }
    });
}

#[test]
fn sub_millisecond_waits_do_not_spin() {
    check(|| {
        let before = (Instant::now(), sys::thread_cpu_time());
        for _ in 0..500 {
            sleep(Duration::from_micros(900));
        }
        let (elapsed, used) = (before.0.elapsed(), sys::thread_cpu_time() - before.1);
        assert!(used < elapsed / 4, "{used:?} of CPU time in {elapsed:?}");
    });
}
