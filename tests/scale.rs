//! Many green threads: all at once, and one after another.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{GreenPool, debug, kill_all, sleep, spawn, spawn_n};
use eventlet_tests::child::Child;
use eventlet_tests::{check_within, sys, yield_now};

/// Debug builds are slower by an order of magnitude.
const SCALE: u64 = if cfg!(debug_assertions) { 10 } else { 1 };

const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn a_hundred_thousand_sleepers_wake_in_order() {
    check_within(LIMIT, || {
        debug::pause_clock();
        let n_sleepers = if cfg!(debug_assertions) { 20_000 } else { 100_000 };
        let last = Rc::new(Cell::new((Duration::ZERO, 0)));
        let n_alive = Rc::new(Cell::new(0_u64));
        let start = debug::now();
        let threads: Vec<_> = (0..n_sleepers)
            .map(|number: u64| {
                let (last, n_alive) = (last.clone(), n_alive.clone());
                // Spread over a second, many with equal deadlines.
                let deadline = Duration::from_micros(number * 7919 % 1000 * 1000 + 1);
                spawn(move || {
                    n_alive.set(n_alive.get() + 1);
                    sleep(deadline);
                    let (before, their_number) = last.replace((deadline, number));
                    assert!(before < deadline || before == deadline && their_number < number);
                    assert_eq!(debug::now() - start, deadline);
                })
            })
            .collect();
        yield_now();
        assert_eq!(n_alive.get(), n_sleepers);
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
    });
}

/// Reused stacks: neither mappings nor memory grow.
#[test]
fn a_million_one_after_another_leave_nothing() {
    let ended = Child::new().run(|| {
        let round = || {
            for _ in 0..100 / SCALE {
                let threads: Vec<_> = (0..1000).map(|_| spawn(yield_now)).collect();
                threads.into_iter().for_each(|thread| thread.wait().unwrap());
            }
        };
        round();
        let (mappings, resident) = (sys::n_mappings(), sys::resident_kib());
        for _ in 0..10 {
            round();
        }
        let (mappings_now, resident_now) = (sys::n_mappings(), sys::resident_kib());
        assert!(mappings_now <= mappings + 16, "{mappings} mappings are {mappings_now}");
        assert!(resident_now <= resident + 2048, "{resident} KiB are {resident_now} KiB");
    });
    ended.expect_success();
}

/// A burst of stacks is given back to the system when the hub has time.
#[test]
fn a_burst_is_given_back() {
    check_within(LIMIT, || {
        // A paused clock does not move before the hub has done everything else.
        debug::pause_clock();
        let hub = eventlet::hubs::get_hub();
        let threads: Vec<_> = (0..5000).map(|_| spawn(yield_now)).collect();
        yield_now();
        assert_eq!(hub.stats().stacks_in_use, 5000);
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        sleep(Duration::from_millis(1));
        assert_eq!(hub.stats().stacks_in_use, 0);
        assert!(hub.stats().stacks_idle <= 1024, "{:?}", hub.stats());
    });
}

/// Runs as many green threads as told, all at once and each with `job`, lets the hub be idle, and
/// returns by how many KiB the memory grew, and by how many it is larger still.
fn growth_of_a_burst(n_threads: u64, job: fn()) -> (u64, u64) {
    debug::pause_clock();
    spawn(|| ()).wait().unwrap();
    let before = sys::resident_kib();
    let sleeper = move || {
        job();
        sleep(Duration::from_secs(1));
    };
    let threads: Vec<_> = (0..n_threads).map(|_| spawn(sleeper)).collect();
    yield_now();
    let peak = sys::resident_kib();
    threads.into_iter().for_each(|thread| thread.wait().unwrap());
    // A paused clock does not move before the hub has done everything else.
    sleep(Duration::from_millis(1));
    (peak - before, sys::resident_kib().saturating_sub(before))
}

#[test]
fn the_memory_of_a_burst_comes_back() {
    let ended = Child::new().run(|| {
        let (grown, left) = growth_of_a_burst(100_000 / SCALE * 2, || ());
        assert!(left < grown / 4, "of {grown} KiB {left} are left");
    });
    ended.expect_success();
}

/// Stacks are kept for the next burst, but not with all that their jobs have touched.
#[test]
fn the_memory_of_deep_stacks_comes_back() {
    fn go_deep() {
        let deep = std::hint::black_box([7_u8; 100 * 1024]);
        assert_eq!(deep[std::hint::black_box(1000)], 7);
    }

    let ended = Child::new().run(|| {
        let (grown, left) = growth_of_a_burst(1000, go_deep);
        assert!(grown > 100_000, "{grown} KiB");
        assert!(left < grown / 4, "of {grown} KiB {left} are left");
    });
    ended.expect_success();
}

/// Live stacks lie in few mappings where the system has guard regions.
#[test]
fn live_stacks_share_mappings() {
    let ended = Child::new().run(|| {
        debug::pause_clock();
        let before = sys::n_mappings();
        let threads: Vec<_> =
            (0..20_000).map(|_| spawn(|| sleep(Duration::from_secs(60)))).collect();
        yield_now();
        let n_more = sys::n_mappings().saturating_sub(before);
        assert!(n_more < 500 || !sys::has_guard_regions(), "{n_more} mappings more");
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
    });
    ended.expect_success();
}

/// What 10,000 sleepers take, in bytes each.
fn bytes_per_sleeper() -> u64 {
    const N: u64 = 10_000;
    yield_now();
    debug::pause_clock();
    let before = sys::resident_kib();
    let threads: Vec<_> = (0..N).map(|_| spawn(|| sleep(Duration::from_secs(60)))).collect();
    yield_now();
    let after = sys::resident_kib();
    threads.into_iter().for_each(|thread| thread.wait().unwrap());
    (after - before) * 1024 / N
}

/// One page of stack, and what the hub keeps of it. Frames that are not optimised take two pages.
const MOST_PER_SLEEPER: u64 = if cfg!(debug_assertions) { 2 * 4096 } else { 4096 } + 904;

#[test]
fn a_sleeper_takes_one_page_of_stack() {
    let ended = Child::new().run(|| {
        let bytes = bytes_per_sleeper();
        assert!(bytes <= MOST_PER_SLEEPER, "{bytes} bytes each");
    });
    ended.expect_success();
}

#[test]
fn a_sleeper_takes_one_page_of_stack_with_mapped_guards_too() {
    let ended = Child::new().env("EVENTLET_GUARD_REGIONS", "0").run(|| {
        let bytes = bytes_per_sleeper();
        assert!(bytes <= MOST_PER_SLEEPER, "{bytes} bytes each");
    });
    ended.expect_success();
}

/// Kills of very many: each runs its destructors.
#[test]
fn ten_thousand_kills() {
    check_within(LIMIT, || {
        let n_unwound = Rc::new(Cell::new(0));
        let threads: Vec<_> = (0..10_000)
            .map(|_| {
                let counter = n_unwound.clone();
                spawn(move || {
                    let _on_drop = eventlet_tests::OnDrop(|| counter.set(counter.get() + 1));
                    sleep(Duration::from_secs(3600));
                })
            })
            .collect();
        yield_now();
        for thread in &threads {
            thread.kill();
        }
        assert_eq!(n_unwound.get(), 10_000);
        assert!(threads.into_iter().all(|thread| thread.wait().unwrap_err().is_killed()));
    });
}

#[test]
fn many_who_wait_to_spawn_are_killed_at_once() {
    check_within(LIMIT, || {
        let pool = GreenPool::new(0);
        let spawners: Vec<_> = (0..60_000)
            .map(|_| {
                let pool = pool.clone();
                spawn_n(move || drop(pool.spawn_n(|| ())))
            })
            .collect();
        yield_now();
        assert_eq!(pool.waiting(), 60_000);
        kill_all(&spawners);
        pool.wait_all();
        assert!(spawners.iter().all(|spawner| spawner.is_dead()));
    });
}
