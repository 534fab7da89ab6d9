//! The scheduling contract, point by point: who runs when.

use std::cell::Cell;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{debug, sleep, spawn, spawn_n, tpool};
use eventlet_tests::{Log, check, ms, yield_now};

/// Point 1: spawning enqueues; nothing runs before the current green thread gives way.
#[test]
fn nothing_runs_before_the_current_one_gives_way() {
    check(|| {
        let log = Log::new();
        let outer = log.clone();
        let thread = spawn(move || {
            for number in 0..3 {
                let log = outer.clone();
                spawn_n(move || log.add(number));
            }
            outer.add("spawner");
        });
        thread.wait().unwrap();
        yield_now();
        assert_eq!(log.take(), "spawner 0 1 2");
    });
}

/// Point 2: `sleep(0)` lets everyone who is runnable run once.
#[test]
fn a_yield_is_a_round_robin() {
    check(|| {
        let log = Log::new();
        for name in ["a", "b", "c"] {
            let log = log.clone();
            spawn_n(move || {
                for turn in 0..3 {
                    log.add(format!("{name}{turn}"));
                    yield_now();
                }
            });
        }
        for _ in 0..4 {
            yield_now();
            log.add("|");
        }
        assert_eq!(log.take(), "a0 b0 c0 | a1 b1 c1 | a2 b2 c2 | |");
    });
}

/// Point 2: the poller is looked at between turns, however many yields are made.
#[test]
fn a_yield_loop_does_not_starve_io() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let seen = Rc::new(Cell::new(false));
        let flag = seen.clone();
        let waiting = spawn(move || {
            trampoline(&reader, Direction::Read, None).unwrap();
            flag.set(true);
        });
        yield_now();
        writer.write_all(b"x").unwrap();
        let n_yields = spawn(move || (0..).find(|_| yields_until(&seen)).unwrap());
        assert!(n_yields.wait().unwrap() < 200);
        waiting.wait().unwrap();
    });
}

fn yields_until(seen: &Cell<bool>) -> bool {
    yield_now();
    seen.get()
}

#[test]
fn a_yield_loop_does_not_starve_timers() {
    check(|| {
        let fired = Rc::new(Cell::new(false));
        let flag = fired.clone();
        let sleeper = spawn(move || {
            sleep(ms(5));
            flag.set(true);
        });
        while !fired.get() {
            yield_now();
        }
        sleeper.wait().unwrap();
    });
}

#[test]
fn a_yield_loop_does_not_starve_results_of_other_threads() {
    check(|| {
        let done = Rc::new(Cell::new(false));
        let flag = done.clone();
        let caller = spawn(move || {
            let result = tpool::execute(|| 5);
            flag.set(true);
            result
        });
        while !done.get() {
            yield_now();
        }
        assert_eq!(caller.wait().unwrap(), 5);
    });
}

/// A loop that yields must not keep newly spawned green threads from starting, nor jump the queue.
#[test]
fn a_yield_loop_does_not_jump_the_queue() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let looper = spawn(move || {
            for turn in 0..3 {
                let log = theirs.clone();
                spawn_n(move || log.add(format!("new{turn}")));
                yield_now();
                theirs.add(format!("turn{turn}"));
            }
        });
        looper.wait().unwrap();
        assert_eq!(log.take(), "new0 turn0 new1 turn1 new2 turn2");
    });
}

/// Point 4: the result is stored and waiters are queued, then the links run, then it is dead, then
/// the waiters run.
#[test]
fn the_order_of_completion() {
    check(|| {
        let log = Log::new();
        let thread = spawn(|| ());
        let (handle, linked) = (thread.handle(), log.clone());
        let mine = handle.clone();
        thread.link(move |_| linked.add(format!("link:{}", mine.is_dead())));
        let theirs = log.clone();
        let waiter = spawn(move || {
            thread.wait().unwrap();
            theirs.add(format!("waiter:{}", handle.is_dead()));
        });
        waiter.wait().unwrap();
        assert_eq!(log.take(), "link:false waiter:true");
    });
}

/// Point 5: waking someone never switches away from the caller.
#[test]
fn waking_does_not_switch() {
    check(|| {
        let log = Log::new();
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let theirs = log.clone();
        let waiter = spawn(move || {
            trampoline(&reader, Direction::Read, None).unwrap();
            theirs.add("waiter");
        });
        yield_now();
        writer.write_all(b"x").unwrap();
        log.add("writer");
        waiter.wait().unwrap();
        assert_eq!(log.take(), "writer waiter");
    });
}

/// Point 7: equal deadlines are first in, first out, and one turn has one reading of the clock.
#[test]
fn equal_deadlines_are_first_in_first_out() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let threads: Vec<_> = (0..100)
            .map(|number| {
                let log = log.clone();
                spawn(move || {
                    sleep(ms(10));
                    log.add(number);
                })
            })
            .collect();
        for thread in threads {
            thread.wait().unwrap();
        }
        let expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
        assert_eq!(log.take(), expected.join(" "));
    });
}

/// Point 7: data that was there before the deadline wins, though both are found in one turn.
#[test]
fn data_wins_over_a_deadline_that_passed_while_the_hub_was_busy() {
    check(|| {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let waiter = spawn(move || trampoline(&reader, Direction::Read, Some(ms(5))));
        yield_now();
        writer.write_all(b"x").unwrap();
        compute_for(ms(20));
        waiter.wait().unwrap().expect("the data came in time");
    });
}

/// Computes, which the hub cannot interrupt.
fn compute_for(time: Duration) {
    let before = Instant::now();
    while before.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Point 8: a wait that was killed or timed out leaves nothing with the descriptor.
#[test]
fn a_wait_that_was_broken_off_leaves_no_trace() {
    check(|| {
        let (reader, _writer) = UnixStream::pair().unwrap();
        let reader = Rc::new(reader);
        let theirs = reader.clone();
        let killed = spawn(move || trampoline(&*theirs, Direction::Read, None));
        yield_now();
        assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (1, 1));
        killed.kill();
        assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (0, 0));
        assert!(killed.wait().unwrap_err().is_killed());
    });
}

/// Eventlet's `test_001_trampoline_timeout`.
#[test]
fn trampoline_timeout() {
    check(|| {
        let (reader, _writer) = UnixStream::pair().unwrap();
        let late = trampoline(&reader, Direction::Read, Some(ms(1))).unwrap_err();
        assert_eq!(late.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(late.to_string(), "timed out after 1ms waiting for a descriptor");
        assert_eq!((get_hub().stats().io_waiters, get_hub().stats().descriptors), (0, 0));
    });
}

/// Point 9: whatever ends a green thread, the hub and the others go on.
#[test]
fn no_end_of_a_green_thread_stops_the_hub() {
    check(|| {
        spawn_n(|| panic!("expected"));
        spawn_n(|| eventlet::current().kill());
        spawn_n(|| {
            let _limit = eventlet::Timeout::new(Duration::ZERO);
            yield_now();
        });
        let witness = spawn(|| {
            (0..3).for_each(|_| yield_now());
            "fine"
        });
        assert_eq!(witness.wait().unwrap(), "fine");
    });
}

/// Point 10: every OS thread has a hub of its own, made by the first call that needs it.
#[test]
fn every_os_thread_has_its_own_hub() {
    check(|| {
        let mine = get_hub();
        assert_eq!(mine, get_hub());
        let sleeper = spawn(|| sleep(Duration::from_secs(3600)));
        yield_now();
        let other = std::thread::spawn(|| {
            let hub = get_hub();
            let before = hub.stats().green_threads;
            let thread = spawn(|| sleep(ms(1)));
            thread.wait().unwrap();
            (hub.id(), before)
        });
        let (id, n_green_threads) = other.join().unwrap();
        assert_ne!(id, mine.id());
        assert_eq!(n_green_threads, 0);
        sleeper.kill();
        drop(sleeper);
    });
}

/// A green thread also gives way in the middle of the calls of a plain function.
#[test]
fn a_wait_deep_in_the_stack_suspends_all_of_it() {
    fn deep(depth: u32) -> u32 {
        if depth == 0 {
            yield_now();
            return 0;
        }
        deep(depth - 1) + 1
    }
    check(|| {
        let threads: Vec<_> = (0..10).map(|n| spawn(move || deep(n * 10))).collect();
        let sum: u32 = threads.into_iter().map(|thread| thread.wait().unwrap()).sum();
        assert_eq!(sum, 450);
    });
}
