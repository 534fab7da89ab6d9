//! Long chains and wide fans take time in proportion to their length, whatever the order.

use std::error::Error;
use std::time::{Duration, Instant};

use eventlet::dagpool::{DAGPool, Results};
use eventlet_tests::{check, check_within};

const N: u32 = 10_000;

/// For ten thousand green threads with their stacks in a debug build on a busy machine.
const LONG: Duration = Duration::from_secs(120);

type Pool = DAGPool<u32, u32>;

fn one_more(_key: u32, results: Results<u32, u32>) -> Result<u32, Box<dyn Error>> {
    Ok(1 + results.wait_all()?.into_values().max().unwrap_or(0))
}

/// A chain in which each key needs the one before, spawned in this order.
fn chain(order: impl Iterator<Item = u32>) -> Pool {
    let pool = Pool::preload([(0, 0)]);
    order.for_each(|key| pool.spawn(key, [key - 1], one_more).unwrap());
    pool
}

#[test]
fn a_chain_grows_at_its_end() {
    check_within(LONG, || assert_eq!(chain(1..=N).get(N).unwrap(), N));
}

#[test]
fn a_chain_grows_at_its_beginning() {
    check_within(LONG, || assert_eq!(chain((1..=N).rev()).get(N).unwrap(), N));
}

#[test]
fn a_chain_is_put_together_from_pieces() {
    check_within(LONG, || {
        let odd_then_even = (1..=N).filter(|n| n % 2 == 1).chain((1..=N).filter(|n| n % 2 == 0));
        assert_eq!(chain(odd_then_even).get(N).unwrap(), N);
    });
}

#[test]
fn a_chain_is_spawned_at_once() {
    check_within(LONG, || {
        let pool = Pool::preload([(0, 0)]);
        pool.spawn_many((1..=N).map(|key| (key * 7919 % 10_007, [])), one_more).unwrap();
        pool.wait_all().unwrap();

        let pool = Pool::preload([(0, 0)]);
        pool.spawn_many((1..=N).rev().map(|key| (key, [key - 1])), one_more).unwrap();
        assert_eq!(pool.get(N).unwrap(), N);
        assert_eq!(pool.wait_all().unwrap().len(), N as usize + 1);
    });
}

/// The chain of failures is as long, and is let go without walking down the stack.
#[test]
fn a_long_chain_fails() {
    check_within(LONG, || {
        let pool = Pool::new();
        pool.spawn_many((1..=N).map(|key| (key, [key - 1])), one_more).unwrap();
        pool.post_error(0, "no luck").unwrap();
        let error = pool.get(N).unwrap_err();
        assert_eq!((*error.key(), error.path().len()), (0, N as usize + 1));
        assert!(error.to_string().len() < 300);
        drop(pool);
        // In a green thread, whose stack is small.
        eventlet::spawn(move || drop(error)).wait().unwrap();
    });
}

#[test]
fn a_cycle_of_ten_thousand_is_refused() {
    check_within(LONG, || {
        let pool = Pool::new();
        for key in 1..=N {
            pool.spawn(key, [key - 1], one_more).unwrap();
        }
        let error = pool.spawn(0, [N], one_more).unwrap_err();
        assert_eq!(error.path().len(), N as usize + 2);
        pool.post(0, 0).unwrap();
        assert_eq!(pool.get(N).unwrap(), N);
    });
}

#[test]
fn ten_thousand_need_one() {
    check_within(LONG, || {
        let pool = Pool::new();
        (1..=N).for_each(|key| pool.spawn(key, [0], one_more).unwrap());
        assert_eq!((pool.waiting(), pool.waiting_for_all().len()), (N as usize, N as usize));
        pool.spawn(0, [], one_more).unwrap();
        let order: Vec<_> = pool.wait_each(pool.known_keys()).map(|(key, _)| key).collect();
        // The first and then those that wait for it, in the order in which they began.
        assert_eq!(order, (0..=N).collect::<Vec<_>>());
    });
}

#[test]
fn one_needs_ten_thousand() {
    check_within(LONG, || {
        let pool = Pool::new();
        pool.spawn(0, 1..=N, one_more).unwrap();
        (1..=N).for_each(|key| pool.spawn(key, [], one_more).unwrap());
        assert_eq!(pool.get(0).unwrap(), 2);
    });
}

#[test]
fn ten_thousand_that_wait_for_one_key_are_killed() {
    check_within(LONG, || {
        let pool = Pool::new();
        (1..=N).for_each(|key| pool.spawn(key, [0], one_more).unwrap());
        eventlet::sleep(Duration::ZERO);
        assert!((1..=N).all(|key| pool.kill(key)));
        assert_eq!((pool.running(), pool.waiting_for(0)), (0, None));
    });
}

/// Ten times as much may take ten times as long, but not a hundred times.
#[test]
fn time_grows_with_the_number_only() {
    fn time(run: impl Fn(u32)) {
        let measure = |n| {
            let start = Instant::now();
            run(n);
            start.elapsed()
        };
        measure(100);
        let ratio = (0..5).map(|_| {
            let few = (0..10).map(|_| measure(300)).sum::<Duration>();
            measure(3000).as_secs_f64() / few.as_secs_f64()
        });
        let best = ratio.fold(f64::INFINITY, f64::min);
        assert!(best < 4.0, "{best}");
    }
    check(|| {
        time(|n| {
            let pool = Pool::new();
            (1..=n).for_each(|key| pool.spawn(key, [key - 1], one_more).unwrap());
            pool.post(0, 0).unwrap();
            pool.wait_all().unwrap();
        });
        time(|n| {
            let pool = Pool::new();
            (1..=n).for_each(|key| pool.spawn(key, [key + 1], one_more).unwrap());
            pool.post(n + 1, 0).unwrap();
            pool.wait_all().unwrap();
        });
        time(|n| {
            let pool = Pool::new();
            let odd_then_even = (1..=n).step_by(2).chain((2..=n).step_by(2));
            odd_then_even.for_each(|key| pool.spawn(key, [key - 1], one_more).unwrap());
            pool.post(0, 0).unwrap();
            pool.wait_all().unwrap();
        });
        time(|n| {
            let pool = Pool::new();
            pool.spawn(0, 1..=n, one_more).unwrap();
            (1..=n).for_each(|key| pool.spawn(key, [], one_more).unwrap());
            pool.wait_all().unwrap();
        });
    });
}
