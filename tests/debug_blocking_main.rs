//! The main context may compute for as long as it likes, if that keeps nobody waiting.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{Event, debug, sleep, spawn, spawn_after, with_timeout};
use eventlet_tests::detection::Detection;
use eventlet_tests::{check, compute_for, ms, yield_now};

const RESOLUTION: Duration = Duration::from_millis(100);
const HOUR: Duration = Duration::from_secs(3600);

/// What is expected of the main context of a test.
trait Expect {
    /// Computes in the main context, which keeps nobody waiting.
    fn expect_nothing(&self);
    /// Blocks the main context until it is told that this keeps others waiting.
    fn expect_report(&self);
}

impl Expect for Detection {
    #[track_caller]
    fn expect_nothing(&self) {
        compute_for(5 * RESOLUTION);
        let told: Vec<_> = self.reports.try_iter().collect();
        assert!(told.is_empty(), "{told:?}");
    }

    fn expect_report(&self) {
        let report = self.reports.recv().unwrap();
        assert_eq!(report.hub(), get_hub().id());
        assert_eq!((report.green_thread(), report.name(), report.spawned_at()), (None, None, None));
        assert!(report.duration() >= RESOLUTION);
        let text = report.to_string();
        assert!(text.contains("the main context, while others wait, "), "{text}");
    }
}

#[test]
fn alone_it_may_compute() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        detection.expect_nothing();
        sleep(ms(1));
        detection.expect_nothing();
        assert!(with_timeout(ms(1), || sleep(HOUR)).is_err());
        detection.expect_nothing();
    });
}

/// A timer that is left of a wait of its own keeps nobody waiting.
#[test]
fn a_timer_of_its_own_does_not_count() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let event = Event::<()>::new();
        let theirs = event.clone();
        spawn(move || theirs.send(()));
        with_timeout(RESOLUTION / 2, || event.wait()).unwrap().unwrap();
        detection.expect_nothing();
    });
}

#[test]
fn who_waits_for_the_main_context_or_sleeps_is_not_kept_waiting() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let event = Event::<()>::new();
        let theirs = event.clone();
        let waiter = spawn(move || theirs.wait().unwrap());
        let sleeper = spawn(|| sleep(HOUR));
        yield_now();
        yield_now();
        sleep(ms(1));
        detection.expect_nothing();

        // Now somebody is.
        event.send(());
        detection.expect_report();
        sleeper.kill();
        waiter.wait().unwrap();
    });
}

#[test]
fn who_is_runnable_is_kept_waiting() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let thread = spawn(|| ());
        detection.expect_report();
        thread.wait().unwrap();

        let busy = spawn(|| {
            loop {
                yield_now();
            }
        });
        yield_now();
        detection.reports.try_iter().for_each(drop);
        detection.expect_report();
        busy.kill();
    });
}

#[test]
fn who_slept_and_is_due_is_kept_waiting() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let sleeper = spawn(|| sleep(ms(20)));
        yield_now();
        detection.expect_report();
        sleeper.wait().unwrap();

        let starting = spawn_after(ms(20), || ());
        let far = spawn_after(HOUR, || ());
        detection.reports.try_iter().for_each(drop);
        detection.expect_report();
        starting.wait().unwrap();
        assert!(far.cancel());
    });
}

/// The clock jumps when everyone waits, and not before.
#[test]
fn with_a_paused_clock_nobody_is_due() {
    check(|| {
        debug::pause_clock();
        let detection = Detection::with(RESOLUTION);
        let sleeper = spawn(|| sleep(ms(20)));
        sleep(ms(1));
        detection.expect_nothing();
        sleeper.wait().unwrap();
    });
}

#[test]
fn who_waits_for_io_may_be_kept_waiting() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let waiter = spawn(move || trampoline(&reader, Direction::Read, None));
        yield_now();
        writer.write_all(b"x").unwrap();
        detection.expect_report();
        waiter.wait().unwrap().unwrap();
    });
}

#[test]
fn what_another_thread_has_sent_is_kept_waiting() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        sleep(ms(1));
        let here = get_hub().handle();
        let sent = thread::spawn(move || here.spawn(|| 5)).join().unwrap();
        detection.expect_report();
        assert_eq!(sent.wait().unwrap(), 5);
    });
}
