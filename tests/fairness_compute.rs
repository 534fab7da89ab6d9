//! `yield_if_needed`: loops that compute and let others run.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use eventlet::{debug, sleep, spawn, with_timeout, yield_if_needed};
use eventlet_tests::sys::thread_cpu_time;
use eventlet_tests::{OnDrop, check, ms, yield_now};

/// What `yield_if_needed` allows before it yields.
const BUDGET: Duration = ms(1);

/// Uses the processor for `time`.
fn compute_for(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Computes for at most `limit`, until `is_done`, with a call of `step` in every round.
fn compute_until(is_done: &Cell<bool>, limit: Duration, step: impl Fn()) {
    let start = Instant::now();
    while !is_done.get() && start.elapsed() < limit {
        step();
    }
}

/// How much a loop that computes for up to 200 ms has computed when a timer of 10 ms fires.
fn lateness(step: impl Fn() + 'static) -> Duration {
    let is_done = Rc::new(Cell::new(false));
    let flag = is_done.clone();
    let sleeper = spawn(move || {
        let before = thread_cpu_time();
        sleep(ms(10));
        flag.set(true);
        thread_cpu_time() - before
    });
    yield_now();
    compute_until(&is_done, ms(200), step);
    sleeper.wait().unwrap().saturating_sub(ms(10))
}

/// Processor time is counted: whatever else the machine does is not the library's fault.
#[test]
fn a_timer_is_as_late_as_the_budget_is_long() {
    check(|| {
        let late = (0..5).map(|_| lateness(|| _ = yield_if_needed())).min().unwrap();
        assert!(late < 5 * BUDGET, "{late:?} late");
    });
}

/// And without it the loop is not interrupted: what the other tests show is not the hub's doing.
#[test]
fn without_it_a_timer_is_as_late_as_the_loop_is_long() {
    check(|| {
        let is_done = Rc::new(Cell::new(false));
        let flag = is_done.clone();
        let sleeper = spawn(move || {
            sleep(ms(1));
            flag.set(true);
        });
        yield_now();
        compute_until(&is_done, ms(50), || ());
        assert!(!is_done.get());
        sleeper.wait().unwrap();
    });
}

/// The hub looks at its timers after fewer resumes, where each takes long.
#[test]
fn a_timer_does_not_wait_for_sixty_one_who_compute() {
    check(|| {
        let is_done = Rc::new(Cell::new(false));
        let n_slices = Rc::new(Cell::new(0));
        let threads: Vec<_> = (0..100)
            .map(|_| {
                let (is_done, n_slices) = (is_done.clone(), n_slices.clone());
                spawn(move || {
                    while !is_done.get() {
                        compute_for(ms(1));
                        n_slices.set(n_slices.get() + 1);
                        yield_now();
                    }
                })
            })
            .collect();
        // The first turn with a timer tells how long they take.
        (0..3).for_each(|_| sleep(ms(1)));
        let before = n_slices.get();
        sleep(ms(10));
        let n_slices = n_slices.get() - before;
        is_done.set(true);
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert!(n_slices <= 15, "the timer of 10 ms fired after {n_slices} times 1 ms");
    });
}

/// Of several that compute, everyone has a turn, and the main context is one of them.
#[test]
fn all_who_compute_take_turns() {
    check(|| {
        let n_turns = Rc::new(Cell::new(0));
        let others: Vec<_> = (0..3)
            .map(|_| {
                let n_turns = n_turns.clone();
                spawn(move || {
                    for _ in 0..10 {
                        n_turns.set(n_turns.get() + 1);
                        while !yield_if_needed() {}
                    }
                })
            })
            .collect();
        for turn in 0..10 {
            assert_eq!(n_turns.get(), 3 * turn);
            while !yield_if_needed() {}
        }
        others.into_iter().for_each(|other| other.wait().unwrap());
    });
}

#[test]
fn it_yields_no_more_often_than_the_budget_says() {
    check(|| {
        let thread = spawn(|| {
            let start = Instant::now();
            let mut n_yields = 0;
            while n_yields < 20 {
                n_yields += u32::from(yield_if_needed());
            }
            start.elapsed()
        });
        let elapsed = thread.wait().unwrap();
        assert!(elapsed >= 20 * BUDGET, "after {elapsed:?}");
    });
}

/// The clock is read at every question if they are far apart, and soon if they become so.
#[test]
fn slow_rounds_are_noticed() {
    check(|| {
        let rounds = |time: Duration| {
            let mut rounds = 1..;
            rounds.find(|_| {
                compute_for(time);
                yield_if_needed()
            })
        };
        let thread = spawn(move || {
            // The first one begins the slice.
            assert!(rounds(BUDGET / 4).unwrap() <= 5);
            (0..200).for_each(|_| _ = yield_if_needed());
            assert!(rounds(BUDGET).unwrap() <= 16);
        });
        thread.wait().unwrap();
    });
}

/// What counts is the time since the green thread gave way last, not since it began.
#[test]
fn giving_way_in_another_manner_renews_the_budget() {
    check(|| {
        for _ in 0..10 {
            assert!(!yield_if_needed());
            compute_for(BUDGET);
            yield_now();
        }
    });
}

#[test]
fn kills_and_timeouts_arrive_there() {
    check(|| {
        let thread = spawn(|| {
            loop {
                yield_if_needed();
            }
        });
        yield_now();
        thread.kill();
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
        let limited = with_timeout(ms(5), || {
            loop {
                yield_if_needed();
            }
        });
        limited.map(|(): ()| ()).expect_err("the loop has no other end");
    });
}

#[test]
fn one_who_unwinds_does_not_yield() {
    check(|| {
        let others_ran = Rc::new(Cell::new(false));
        let flag = others_ran.clone();
        let other = spawn(move || flag.set(true));
        let n_yields = Cell::new(0);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _computes = OnDrop(|| {
                for _ in 0..100 {
                    compute_for(BUDGET / 20);
                    n_yields.set(n_yields.get() + u32::from(yield_if_needed()));
                }
            });
            panic!("expected");
        }));
        assert!(panicked.is_err());
        assert!(!others_ran.get());
        assert_eq!(n_yields.get(), 0);
        other.wait().unwrap();
    });
}

/// There it never yields, so it has not made a hub: with one it would.
#[test]
fn a_thread_without_green_threads_gets_no_hub() {
    let never_yields = || {
        (0..100).all(|_| {
            compute_for(BUDGET / 20);
            !yield_if_needed()
        })
    };
    thread::spawn(move || {
        assert!(never_yields());
        yield_now();
        assert!(!never_yields(), "it has a hub now");
    })
    .join()
    .unwrap();
}

#[test]
fn a_paused_clock_does_not_matter() {
    check(|| {
        debug::pause_clock();
        let now = debug::now();
        while !yield_if_needed() {}
        assert_eq!(debug::now(), now);
    });
}
