//! The watchdog tells who keeps a hub to itself: whom, when, and how often.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::debug::{Activity, BlockingDetection, BlockingReport, hub_blocking_detection};
use eventlet::hubs::{get_hub, spawn_hub};
use eventlet::{Builder, debug, sleep, spawn};
use eventlet_tests::child::Child;
use eventlet_tests::detection::{self, Detection, expect_watchdogs};
use eventlet_tests::{check, compute_for, ms, panic_of, yield_now};

const RESOLUTION: Duration = Duration::from_millis(40);

#[test]
fn who_computes_is_reported_with_its_name_and_where_it_was_spawned() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let began = Arc::new(Mutex::new(None));
        let theirs = began.clone();
        let body = move || {
            *theirs.lock().unwrap() = Some(Instant::now());
            (detection.compute_until_told(), detection)
        };
        let line = line!() + 1;
        let thread = Builder::new().name("parser").spawn(body).unwrap();
        let id = thread.id();
        let (report, detection) = thread.wait().unwrap();
        let at_most = began.lock().unwrap().unwrap().elapsed();

        assert_eq!(report.hub(), get_hub().id());
        assert_eq!(report.os_thread(), thread::current().name());
        assert_eq!(report.green_thread(), Some(id));
        assert_eq!(report.name(), Some("parser"));
        let place = report.spawned_at().unwrap();
        assert_eq!((place.file(), place.line()), (file!(), line));
        assert!(report.duration() >= RESOLUTION, "{report}");
        assert!(report.duration() <= at_most, "{report}, but {at_most:?}");
        assert!(!report.is_over());
        drop(detection);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn computing_is_told_from_blocking() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let thread = spawn(move || {
            while detection.compute_until_told().activity() != Some(Activity::Computing) {}
            let waits = "waits in the system call futex";
            let is_told = |report: BlockingReport| {
                report.activity().is_some_and(|does| does.to_string() == waits)
            };
            while !is_told(detection.block_until_told()) {}
        });
        thread.wait().unwrap();
    });
}

#[cfg(target_os = "linux")]
#[test]
fn the_system_call_is_named() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let thread = spawn(move || {
            loop {
                thread::sleep(4 * RESOLUTION);
                let mut told = detection.reports.try_iter().filter_map(|report| report.activity());
                if told.any(|does| does.to_string() == "waits in the system call clock_nanosleep") {
                    return;
                }
            }
        });
        thread.wait().unwrap();
    });
}

#[test]
fn it_is_reported_again_after_growing_pauses_and_once_when_it_is_over() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let thread = spawn(move || {
            let told: Vec<_> = (0..4).map(|_| detection.block_until_told()).collect();
            (told, detection)
        });
        let id = thread.id();
        let (told, detection) = thread.wait().unwrap();
        let mut last = Duration::ZERO;
        for (n, report) in told.iter().enumerate() {
            assert!(report.duration() > last && report.duration() >= RESOLUTION * (1 << n));
            assert!(!report.is_over() && report.green_thread() == Some(id));
            last = report.duration();
        }
        let over = detection.reports.iter().find(BlockingReport::is_over).unwrap();
        assert_eq!(over.green_thread(), Some(id));
        assert!(over.duration() >= last);
        assert_eq!(over.activity(), None);
        assert!(over.to_string().contains(" was stuck for "), "{over}");
    });
}

/// As long as no piece takes longer than it may.
#[test]
fn who_gives_way_often_is_not_reported() {
    check(|| {
        let resolution = ms(250);
        let detection = Detection::with(resolution);
        let thread = spawn(move || {
            let mut longest = Duration::ZERO;
            let began = Instant::now();
            while began.elapsed() < 4 * resolution {
                let resumed = Instant::now();
                compute_for(ms(2));
                longest = longest.max(resumed.elapsed());
                yield_now();
            }
            longest
        });
        let longest = thread.wait().unwrap();
        let told: Vec<_> = detection.reports.try_iter().collect();
        assert!(told.is_empty() || longest >= resolution, "{told:?}");
    });
}

#[test]
fn a_hub_that_sleeps_is_not_reported() {
    // A busy machine may keep one from running that does not sleep.
    let is_silent = |_| {
        let detection = Detection::with(ms(250));
        let sleeper = spawn(|| sleep(ms(1000)));
        let other = spawn_hub().unwrap();
        sleep(ms(1000));
        sleeper.wait().unwrap();
        other.shutdown(Duration::from_secs(1));
        detection.reports.try_iter().count() == 0
    };
    check(|| assert!((0..5).any(is_silent)));
}

#[test]
fn several_hubs_are_watched() {
    check(|| {
        let early = spawn_hub().unwrap();
        let detection = Detection::with(RESOLUTION);
        let late = spawn_hub().unwrap();
        let idle = spawn_hub().unwrap();
        let (unlock_early, early_waits) = mpsc::channel::<()>();
        let (unlock_late, late_waits) = mpsc::channel::<()>();
        let threads = [(&early, early_waits), (&late, late_waits)]
            .map(|(hub, waits)| hub.spawn(move || waits.recv()));
        let mut told: Vec<u64> = Vec::new();
        while told.len() < 2 {
            let hub = detection.block_until_told().hub();
            if !told.contains(&hub) {
                told.push(hub);
            }
        }
        told.sort_unstable();
        assert_eq!(told, [early.id(), late.id()]);
        drop((unlock_early, unlock_late));
        for thread in threads {
            thread.wait().unwrap().unwrap_err();
        }
        for hub in [early, late, idle] {
            hub.shutdown(Duration::from_secs(1));
        }
    });
}

#[test]
fn a_hub_that_ends_while_it_is_stuck_is_over() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let (unlock, waits) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            spawn(|| ());
            waits.recv().unwrap_err();
        });
        let report = detection.block_until_told();
        drop(unlock);
        thread.join().unwrap();
        let over = detection.reports.iter().find(BlockingReport::is_over).unwrap();
        assert_eq!(over.hub(), report.hub());
    });
}

#[test]
fn turned_off_it_reports_no_more_and_its_thread_ends() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let reports = spawn(move || {
            detection.block_until_told();
            expect_watchdogs(1);
            hub_blocking_detection(false);
            expect_watchdogs(0);
            detection.reports.try_iter().for_each(drop);
            compute_for(5 * RESOLUTION);
            // The watchdog is gone, and with it the other end.
            assert_eq!(detection.reports.try_recv().unwrap_err(), mpsc::TryRecvError::Disconnected);
            detection
        });
        reports.wait().unwrap();
    });
}

#[test]
fn the_settings_of_the_last_start_count() {
    check(|| {
        let first = Detection::with(Duration::from_secs(3600));
        let (sender, second) = mpsc::channel();
        let detection = BlockingDetection::new().resolution(RESOLUTION);
        detection.report_to(move |report| drop(sender.send(report.clone()))).start().unwrap();
        expect_watchdogs(1);
        let thread = spawn(move || second.recv().unwrap());
        let id = thread.id();
        assert_eq!(thread.wait().unwrap().green_thread(), Some(id));
        assert!(first.reports.try_recv().is_err());
    });
}

/// What was going on in an earlier session is not taken for what goes on now.
#[test]
fn turned_on_again_it_knows_nothing_of_before() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let other = spawn_hub().unwrap();
        assert_eq!(other.spawn(|| 5).wait().unwrap(), 5);
        drop(detection);
        let detection = Detection::with(RESOLUTION);
        compute_for(5 * RESOLUTION);
        let told: Vec<_> = detection.reports.try_iter().collect();
        assert!(told.is_empty(), "{told:?}");
        other.shutdown(Duration::from_secs(1));
    });
}

#[test]
fn who_turns_it_on_is_watched() {
    check(|| {
        let turn = detection::turn();
        let thread = spawn(|| Detection::in_turn(turn, RESOLUTION).block_until_told());
        let id = thread.id();
        assert_eq!(thread.wait().unwrap().green_thread(), Some(id));
    });
}

#[test]
fn a_callback_that_panics_is_called_again() {
    check(|| {
        let _turn = detection::turn();
        let n_calls = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = mpsc::channel();
        let theirs = n_calls.clone();
        let report = move |_: &BlockingReport| {
            if theirs.fetch_add(1, Ordering::Relaxed) < 2 {
                panic!("expected: the callback of a test");
            }
            let _ = sender.send(());
        };
        BlockingDetection::new().resolution(RESOLUTION).report_to(report).start().unwrap();
        spawn(move || receiver.recv().unwrap()).wait().unwrap();
        assert!(n_calls.load(Ordering::Relaxed) >= 3);
        hub_blocking_detection(false);
        expect_watchdogs(0);
    });
}

#[test]
fn a_callback_may_turn_it_off() {
    check(|| {
        let _turn = detection::turn();
        let (sender, receiver) = mpsc::channel();
        let report = move |_: &BlockingReport| {
            hub_blocking_detection(false);
            sender.send(()).unwrap();
        };
        BlockingDetection::new().resolution(RESOLUTION).report_to(report).start().unwrap();
        spawn(move || {
            receiver.recv().unwrap();
            assert!(receiver.recv().is_err(), "there is one report, and then the callback is gone");
        })
        .wait()
        .unwrap();
        expect_watchdogs(0);
    });
}

#[test]
fn a_callback_may_start_it_anew() {
    check(|| {
        let _turn = detection::turn();
        let (sender, receiver) = mpsc::channel();
        let report = move |_: &BlockingReport| {
            let sender = sender.clone();
            let report = move |_: &BlockingReport| sender.send(()).unwrap_or_default();
            BlockingDetection::new().resolution(RESOLUTION).report_to(report).start().unwrap();
        };
        BlockingDetection::new().resolution(RESOLUTION).report_to(report).start().unwrap();
        // The new session knows this green thread from its next switch on.
        spawn(move || {
            while receiver.try_recv().is_err() {
                compute_for(4 * RESOLUTION);
                yield_now();
            }
        })
        .wait()
        .unwrap();
        hub_blocking_detection(false);
        expect_watchdogs(0);
    });
}

/// A callback that makes green calls has a hub on the watchdog's own thread, which is not watched.
#[test]
fn a_callback_may_be_green() {
    check(|| {
        let _turn = detection::turn();
        let (sender, receiver) = mpsc::channel();
        let report = move |report: &BlockingReport| {
            debug::now();
            spawn(|| sleep(ms(1))).wait().unwrap();
            // Left behind runnable, while the watchdog's main context does other things.
            eventlet::spawn_n(|| ());
            let _ = sender.send((report.hub(), get_hub().id()));
        };
        BlockingDetection::new().resolution(RESOLUTION).report_to(report).start().unwrap();
        let told = spawn(move || (0..4).map(|_| receiver.recv().unwrap()).collect::<Vec<_>>());
        for (hub, own) in told.wait().unwrap() {
            assert_eq!(hub, get_hub().id());
            assert_ne!(hub, own);
        }
        hub_blocking_detection(false);
        expect_watchdogs(0);
    });
}

#[test]
fn of_a_long_name_the_beginning_is_told() {
    check(|| {
        let detection = Detection::with(RESOLUTION);
        let name = format!("{}ö and so on", "x".repeat(63));
        let thread = Builder::new().name(name).spawn(move || detection.block_until_told()).unwrap();
        assert_eq!(thread.wait().unwrap().name(), Some(&*"x".repeat(63)));
    });
}

#[test]
fn unless_told_otherwise_it_prints() {
    let ended = Child::new().run(|| {
        check(|| {
            hub_blocking_detection(true);
            let thread = Builder::new().name("printed").spawn(|| thread::sleep(ms(2500)));
            thread.unwrap().wait().unwrap();
            sleep(ms(1500));
        });
    });
    let stderr = &ended.expect_success().stderr;
    let lines: Vec<_> =
        stderr.lines().filter(|line| line.starts_with("eventlet: hub 0 ")).collect();
    assert!(lines.len() >= 2, "{stderr}");
    for (line, parts) in [lines[0], lines[lines.len() - 1]].iter().zip([
        [" has been stuck for ", "green thread 'printed' (", "spawned at tests/debug_blocking.rs:"],
        [" was stuck for ", "green thread 'printed' (", " has given way at last"],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
}

#[test]
fn a_resolution_of_zero_is_refused() {
    let text = panic_of(|| BlockingDetection::new().resolution(Duration::ZERO));
    assert_eq!(text, "the resolution of blocking detection must not be zero");
}
