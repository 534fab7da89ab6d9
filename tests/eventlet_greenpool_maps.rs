//! The behaviours of Eventlet's own tests of `greenpool`, by their names: maps and piles.

use std::cell::RefCell;
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::{GreenPile, GreenPool, Timeout, sleep, spawn};
use eventlet_tests::{check, ms, net, panic_text, yield_now};

/// Random numbers that several green threads share, the same in each run.
#[derive(Clone)]
struct Random(Rc<RefCell<net::Random>>);

impl Random {
    fn new() -> Self {
        Random(Rc::new(RefCell::new(net::Random::new(1))))
    }

    fn below(&self, n: usize) -> usize {
        self.0.borrow_mut().below(n)
    }

    /// Sleeps none, one or several times.
    fn dawdle(&self) {
        while self.below(2) == 0 {
            sleep(ms(self.below(10) as u64));
        }
    }
}

/// Returns what it is given, after a while.
fn pass_through<T>() -> impl Fn(T) -> T + Clone {
    let random = Random::new();
    move |value| {
        random.dawdle();
        value
    }
}

fn all<T, E: std::fmt::Debug>(results: impl Iterator<Item = Result<T, E>>) -> Vec<T> {
    results.map(Result::unwrap).collect()
}

#[test]
fn imap() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(4);
        assert_eq!(all(pool.imap(pass_through(), 0..10)), Vec::from_iter(0..10));
    });
}

#[test]
fn empty_imap() {
    check(|| {
        let pool = GreenPool::new(4);
        assert!(pool.imap(|()| (), []).next().is_none());
    });
}

#[test]
fn imap_multi_args() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(4);
        let sum = |(a, b): (i32, i32)| {
            sleep(ms(10));
            a + b
        };
        let sums = all(pool.imap(sum, (0..10).zip(10..20)));
        assert_eq!(sums, (0..10).map(|n| 2 * n + 10).collect::<Vec<_>>());
    });
}

#[test]
fn imap_raises() {
    check(|| {
        let pool = GreenPool::new(4);
        let results = pool.imap(
            |item| {
                assert!(item != 1 && item != 7, "on purpose");
                item
            },
            0..10,
        );
        let results: Vec<_> = results.map(|result| result.unwrap_or(-1)).collect();
        assert_eq!(results, [0, -1, 2, 3, 4, 5, 6, -1, 8, 9]);
    });
}

#[test]
fn starmap() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(4);
        let results = all(pool.starmap(pass_through::<i32>(), (0..10).map(|n| (n,))));
        assert_eq!(results, Vec::from_iter(0..10));
    });
}

#[test]
fn pile() {
    check(|| {
        pause_clock();
        let (pile, pass_through) = (GreenPile::new(4), pass_through());
        for n in 0..10 {
            let pass_through = pass_through.clone();
            pile.spawn(move || pass_through(n));
        }
        assert_eq!(all(pile), Vec::from_iter(0..10));
    });
}

#[test]
fn pile_spawn_times_out() {
    check(|| {
        pause_clock();
        let pile = GreenPile::new(4);
        let spawn = |n| {
            pile.spawn(move || {
                sleep(ms(10));
                n
            });
        };
        (0..4).for_each(spawn);
        // Now it is full.
        assert!(Timeout::new(ms(0)).run(|| spawn(-1)).is_err());
        (4..10).for_each(spawn);
        assert_eq!(all(pile), Vec::from_iter(0..10));
    });
}

#[test]
fn empty_pile() {
    check(|| assert_eq!(GreenPile::<()>::new(4).count(), 0));
}

#[test]
fn constructing_from_pool() {
    check(|| {
        pause_clock();
        let (pool, pass_through) = (GreenPool::new(2), pass_through());
        let piles = [0, 100].map(|first| {
            let (pile, pass_through) = (GreenPile::from_pool(&pool), pass_through.clone());
            let theirs = pile.clone();
            spawn(move || {
                for n in first..first + 10 {
                    let pass_through = pass_through.clone();
                    theirs.spawn(move || pass_through(n));
                }
            });
            pile
        });
        yield_now();
        let [pile1, pile2] = piles;
        assert_eq!(all(pile2), Vec::from_iter(100..110));
        assert_eq!(all(pile1), Vec::from_iter(0..10));
    });
}

/// Results come strictly in the order of spawning, also from several spawners and after errors.
fn check_order(size: usize) {
    check(|| {
        pause_clock();
        const ROUNDS: usize = 1000;
        let (mut pile, random) = (GreenPile::new(size), Random::new());
        for spawner in 0..3 {
            let (pile, random) = (pile.clone(), random.clone());
            spawn(move || {
                for n in 0..ROUNDS {
                    let random = random.clone();
                    pile.spawn(move || {
                        random.dawdle();
                        assert!(random.below(5) > 0, "{spawner} {n}");
                        format!("{spawner} {n}")
                    });
                }
            });
        }
        yield_now();
        let mut expected = [0; 3];
        let mut n_errors = 0;
        for received in 0.. {
            let Some(result) = pile.next() else { break };
            n_errors += usize::from(result.is_err());
            let token = result.unwrap_or_else(|exit| panic_text(exit.into_panic()));
            let (spawner, n) = token.split_once(' ').unwrap();
            let expected = &mut expected[spawner.parse::<usize>().unwrap()];
            assert_eq!(n.parse(), Ok(*expected));
            *expected += 1;
            if received % 5 == 0 {
                sleep(ms(1));
            }
        }
        assert_eq!(expected, [ROUNDS; 3]);
        assert!(n_errors > 0);
    });
}

#[test]
fn ordering_5() {
    check_order(5);
}

#[test]
fn ordering_50() {
    check_order(50);
}

/// However many items there are, no more are under way or waiting than twice the size of the pool.
fn check_memory(size: usize) {
    check(|| {
        pause_clock();
        const ITEMS: usize = 2000;
        let (pool, alive) = (GreenPool::new(size), Rc::new(()));
        let (pass_through, items) = (pass_through(), alive.clone());
        let results = pool.imap(pass_through, (0..ITEMS).map(move |n| (n, items.clone())));
        let mut most = 0;
        for (expected, result) in results.enumerate() {
            assert_eq!(result.unwrap().0, expected);
            // Besides: the one here, that of the iterator, and the one that waits for a slot.
            most = most.max(Rc::strong_count(&alive) - 2);
            if expected % 5 == 0 {
                sleep(ms(10));
            }
        }
        assert!(most > size / 2 && most <= 2 * size + 1, "{most} of a pool of {size}");
    });
}

#[test]
fn imap_50() {
    check_memory(50);
}

#[test]
fn imap_500() {
    check_memory(500);
}
