//! The behaviours of Eventlet's own tests of `hubs`, by their names: timers and delayed starts.

use std::cell::Cell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{GreenThread, Timeout, debug, spawn, spawn_after, spawn_after_local, spawn_n};
use eventlet_tests::{Log, check, ms, yield_now};

const MINUTE: Duration = Duration::from_secs(60);

fn n_timers() -> usize {
    get_hub().stats().timers
}

/// A start a minute from now, which is to be taken back.
fn timer() -> GreenThread<()> {
    spawn_after(MINUTE, || unreachable!("it is cancelled"))
}

/// Eventlet clears cancelled timers away in batches; here each one goes when it is cancelled.
#[test]
fn cancel_immediate() {
    check(|| {
        for _ in 0..2000 {
            assert!(timer().cancel());
            assert_eq!(n_timers(), 0);
            // A limit that was never waited under has set no timer, and leaves none.
            drop(Timeout::new(MINUTE));
            assert_eq!(n_timers(), 0);
        }
        assert_eq!(get_hub().stats().green_threads, 0);
    });
}

#[test]
fn cancel_accumulated() {
    check(|| {
        for _ in 0..2000 {
            let timer = timer();
            let limit = Timeout::new(MINUTE);
            yield_now();
            assert!(n_timers() <= 2);
            assert!(timer.cancel() && limit.cancel());
            assert!(n_timers() <= 1, "one timer of the caller's may be kept for its next wait");
        }
        let waits = spawn(|| {
            for _ in 0..2000 {
                eventlet::with_timeout(MINUTE, yield_now).unwrap();
                assert!(n_timers() <= 2);
            }
        });
        waits.wait().unwrap();
        assert!(n_timers() <= 1, "a green thread takes its timer along");
    });
}

/// Those that are not cancelled stay, however many of the others go.
#[test]
fn cancel_proportion() {
    check(|| {
        let mut kept = Vec::new();
        for round in 1..=1000 {
            let cancelled = timer();
            kept.extend([timer(), timer()]);
            yield_now();
            assert!(cancelled.cancel());
            assert_eq!(n_timers(), 2 * round);
        }
        for (n_cancelled, timer) in kept.iter().enumerate() {
            assert_eq!(n_timers(), 2000 - n_cancelled);
            assert!(timer.cancel());
        }
        assert_eq!(n_timers(), 0);
    });
}

/// Of two that wait for one descriptor the second is broken off: the first gets what comes.
#[test]
fn cleanup() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let reader = Rc::new(reader);
        let read = || {
            let reader = reader.clone();
            move || {
                trampoline(&*reader, Direction::Read, None).unwrap();
                let mut byte = [0];
                (&*reader).read_exact(&mut byte).unwrap();
                byte
            }
        };
        let first = spawn(read());
        yield_now();
        let second = spawn(read());
        yield_now();
        assert_eq!(get_hub().stats().io_waiters, 2);
        second.kill();
        assert!(second.wait().unwrap_err().is_killed());
        writer.write_all(b".").unwrap();
        assert_eq!(first.wait().unwrap(), *b".");
    });
}

/// A start that belongs to its spawner is dropped with it.
#[test]
fn local() {
    check(|| {
        debug::pause_clock();
        let called = Rc::new(Cell::new(false));
        let flag = called.clone();
        spawn(move || drop(spawn_after_local(ms(1), move || flag.set(true))));
        yield_now();
        eventlet::sleep(ms(2));
        assert!(!called.get());
    });
}

#[test]
fn global() {
    check(|| {
        debug::pause_clock();
        let called = Rc::new(Cell::new(false));
        let flag = called.clone();
        spawn(move || drop(spawn_after(ms(1), move || flag.set(true))));
        yield_now();
        assert!(!called.get());
        eventlet::sleep(ms(2));
        assert!(called.get());
    });
}

/// By their moments, and equal ones in the order in which they were made.
#[test]
fn ordering() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        for (delay, number) in [(2, 3), (1, 1), (1, 2)] {
            let log = log.clone();
            spawn_after(ms(delay), move || log.add(number));
        }
        eventlet::sleep(ms(3));
        assert_eq!(log.take(), "1 2 3");
    });
}

/// What fails in the hub's hands does not shorten anyone's sleep, nor stop the hub.
#[test]
fn sleep() {
    check(|| {
        for fails in [false, true] {
            if fails {
                spawn_n(|| panic!("expected"));
            }
            let before = Instant::now();
            eventlet::sleep(ms(1));
            assert!(before.elapsed() >= ms(1));
        }
    });
}
