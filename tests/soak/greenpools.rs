//! Green pools and piles: never too many at once, every slot back, results in order.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::greenpool::Group;
use eventlet::{GreenPile, GreenPool, sleep};
use eventlet_tests::{OnDrop, ms};

use super::soak::{Soak, Subject};

const MOST: usize = 5;

/// A pool that all rounds share, and how many run in it.
pub struct GreenPools {
    pool: GreenPool,
    n_running: Rc<Cell<usize>>,
}

impl GreenPools {
    /// An idle pool.
    pub fn new() -> Self {
        GreenPools { pool: GreenPool::new(MOST), n_running: Rc::default() }
    }

    /// What a member does: it is counted while it is at it.
    fn job(&self, soak: &Soak) -> impl FnOnce() -> usize + 'static {
        let (n_running, pause, number) =
            (self.n_running.clone(), soak.short_time(), soak.below(99));
        move || {
            n_running.set(n_running.get() + 1);
            let _ended = OnDrop(|| n_running.set(n_running.get() - 1));
            assert!(n_running.get() <= MOST, "too many at once");
            sleep(pause);
            number
        }
    }

    fn spawn(&self, soak: &Soak) {
        let job = self.job(soak);
        let thread = match soak.below(4) {
            0 => self.pool.try_spawn(job).ok(),
            1 => self.pool.spawn_timeout(soak.short_time(), job).ok(),
            _ => Some(self.pool.spawn(job)),
        };
        let Some(thread) = thread else { return };
        match soak.below(3) {
            0 => thread.kill(),
            1 => drop(thread),
            _ => assert!(thread.wait().is_ok_and(|number| number < 99)),
        }
    }

    fn map(&self, soak: &Soak) {
        let n_items = soak.below(20);
        let pause = soak.short_time();
        let double = move |number: usize| {
            sleep(pause / (1 + number as u32 % 3));
            number * 2
        };
        let expected = (0..n_items).map(|number| number * 2);
        if soak.below(2) == 0 {
            assert!(self.pool.imap(double, 0..n_items).map(Result::unwrap).eq(expected));
        } else {
            let mut results: Vec<_> =
                self.pool.imap_unordered(double, 0..n_items).map(Result::unwrap).collect();
            results.sort_unstable();
            assert!(results.into_iter().eq(expected));
        }
    }

    /// A pile in the shared pool; some of its jobs are killed from the inside.
    fn pile(&self, soak: &Soak) {
        let pile = GreenPile::from_pool(&self.pool);
        let n_jobs = soak.below(10);
        for number in 0..n_jobs {
            let pause = soak.short_time();
            pile.spawn(move || {
                sleep(pause);
                if number % 4 == 3 {
                    eventlet::current().kill();
                }
                number
            });
        }
        let mut n_results = 0;
        for (number, result) in pile.enumerate() {
            match result {
                Ok(value) => assert_eq!(value, number),
                Err(exit) => assert!(exit.is_killed() && number % 4 == 3),
            }
            n_results += 1;
        }
        assert_eq!(n_results, n_jobs);
    }
}

/// Any number, ended together.
fn group(soak: &Soak) {
    let group = Group::new();
    for _ in 0..soak.below(10) {
        let pause = soak.short_time();
        group.spawn_n(move || sleep(pause));
    }
    if soak.below(2) == 0 {
        group.kill_all();
    }
    assert!(group.join_timeout(ms(20_000)));
    assert!(group.is_empty());
}

impl Subject for GreenPools {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(8) {
            0 => self.map(soak),
            1 => self.pile(soak),
            2 => self.pool.resize(1 + soak.below(MOST)),
            3 => group(soak),
            4 => drop(self.pool.wait_all_timeout(soak.short_time())),
            _ => self.spawn(soak),
        }
    }

    fn stop(&self) {
        self.pool.resize(MOST);
        assert!(self.pool.wait_all_timeout(ms(20_000)), "somebody runs on in {:?}", self.pool);
    }

    fn verify(&self) {
        assert_eq!((self.pool.running(), self.pool.waiting(), self.n_running.get()), (0, 0, 0));
        assert_eq!(self.pool.free(), MOST as isize, "a slot is lost");
    }
}
