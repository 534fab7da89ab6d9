//! A pool under random spawns, kills, resizes, timeouts and maps by several green threads at once:
//! the counts stay right, no more run than may, and nothing is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::{GreenPool, Handle, current, sleep, spawn, with_timeout};
use eventlet_tests::{OnDrop, check, ms};
use proptest::prelude::*;

/// What a green thread does with the pool that all share. Times are milliseconds.
#[derive(Clone, Debug)]
enum Step {
    Spawn {
        runs: u64,
    },
    SpawnWithin {
        limit: u64,
        runs: u64,
    },
    TrySpawn {
        runs: u64,
    },
    /// The member spawns in its turn.
    SpawnNested {
        runs: u64,
    },
    Panic,
    Kill {
        which: usize,
    },
    Resize {
        size: usize,
    },
    /// Takes so many of the results, in or out of order.
    Map {
        items: u64,
        runs: u64,
        taken: usize,
        is_ordered: bool,
    },
    /// The same by a member.
    NestedMap {
        items: u64,
        runs: u64,
    },
    MapWithin {
        limit: u64,
        items: u64,
        runs: u64,
    },
    WaitAll {
        limit: u64,
    },
    Sleep {
        millis: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (short, few) = (0u64..8, 0u64..6);
    prop_oneof![
        4 => short.clone().prop_map(|runs| Step::Spawn { runs }),
        2 => (short.clone(), short.clone())
            .prop_map(|(limit, runs)| Step::SpawnWithin { limit, runs }),
        2 => short.clone().prop_map(|runs| Step::TrySpawn { runs }),
        2 => short.clone().prop_map(|runs| Step::SpawnNested { runs }),
        1 => Just(Step::Panic),
        4 => (0usize..100).prop_map(|which| Step::Kill { which }),
        2 => (0usize..5).prop_map(|size| Step::Resize { size }),
        2 => (few.clone(), short.clone(), 0usize..6, any::<bool>()).prop_map(
            |(items, runs, taken, is_ordered)| Step::Map { items, runs, taken, is_ordered }
        ),
        1 => (few.clone(), short.clone()).prop_map(|(items, runs)| Step::NestedMap { items, runs }),
        1 => (short.clone(), few, short.clone())
            .prop_map(|(limit, items, runs)| Step::MapWithin { limit, items, runs }),
        1 => short.clone().prop_map(|limit| Step::WaitAll { limit }),
        3 => short.prop_map(|millis| Step::Sleep { millis }),
    ]
}

/// The pool, and what is known of it from outside.
#[derive(Clone)]
struct Model {
    pool: GreenPool,
    inner: Rc<Known>,
}

#[derive(Default)]
struct Known {
    /// The slots that were taken when last looked: more than there are, they only get fewer.
    n_taken: Cell<isize>,
    /// Functions that exist: in a member, or with a spawner.
    n_alive: Cell<usize>,
    /// Functions of members that have begun and not ended.
    n_begun: Cell<usize>,
    /// The pool is not resized any more.
    has_last_size: Cell<bool>,
    /// Whom one can kill.
    threads: RefCell<Vec<Handle>>,
}

fn change(count: &Cell<usize>, by: isize) {
    count.set(count.get().strict_add_signed(by));
}

impl Model {
    /// Checks what must always hold.
    fn look(&self) {
        let (pool, known) = (&self.pool, &self.inner);
        let size = pool.size().cast_signed();
        let n_taken = size - pool.free();
        assert!(n_taken <= size.max(known.n_taken.replace(n_taken)), "too many: {pool:?}");
        assert!(pool.running().cast_signed() <= n_taken, "members without a slot: {pool:?}");
        assert!(known.n_begun.get() <= pool.running(), "some run outside of {pool:?}");
        assert!(pool.waiting() == 0 || pool.is_full(), "some wait in vain: {pool:?}");
    }

    /// A function for a member, that counts itself.
    fn work(&self, runs: u64) -> impl FnOnce() + 'static {
        change(&self.inner.n_alive, 1);
        let known = self.inner.clone();
        let alive = OnDrop(move || change(&known.n_alive, -1));
        let model = self.clone();
        move || {
            let _alive = alive;
            model.begin(|| sleep(ms(runs)));
        }
    }

    /// Runs a part of a function that is a member by itself, not inline in one.
    fn begin<R>(&self, f: impl FnOnce() -> R) -> R {
        self.look();
        change(&self.inner.n_begun, 1);
        let known = self.inner.clone();
        let _begun = OnDrop(move || change(&known.n_begun, -1));
        f()
    }

    /// The function of a map: what it is called with.
    fn call(&self, runs: u64) -> impl Fn(u64) -> u64 + 'static {
        let model = self.clone();
        move |item| {
            model.look();
            sleep(ms(runs * (item % 3)));
            item
        }
    }

    fn take(&self, step: &Step) {
        self.look();
        match *step {
            Step::Spawn { runs } => self.note(self.pool.spawn_n(self.work(runs))),
            Step::SpawnWithin { limit, runs } => {
                if let Ok(thread) = self.pool.spawn_timeout(ms(limit), self.work(runs)) {
                    self.note(thread.handle());
                }
            }
            Step::TrySpawn { runs } => {
                let was_full = self.pool.is_full();
                let spawned = self.pool.try_spawn(self.work(runs));
                assert_eq!(spawned.is_err(), was_full);
                spawned.map_or_else(drop, |thread| self.note(thread.handle()));
            }
            Step::SpawnNested { runs } => {
                let model = self.clone();
                let (pool, work) = (self.pool.clone(), self.work(runs));
                let nested = move || {
                    let inner = pool.spawn(move || {
                        // Inline it does not count itself, as its caller does.
                        drop(work);
                        sleep(ms(runs));
                    });
                    drop(inner.wait());
                };
                self.note(self.pool.spawn_n(move || model.begin(nested)));
            }
            Step::Panic => {
                // Unwinds like a panic, without its message.
                self.pool.spawn_n(|| std::panic::resume_unwind(Box::new("on purpose")));
            }
            Step::Kill { which } => {
                let threads = self.inner.threads.borrow().clone();
                if let Some(thread) = threads.get(which % threads.len().max(1)) {
                    thread.kill();
                }
            }
            Step::Resize { .. } if self.inner.has_last_size.get() => {}
            Step::Resize { size } => self.pool.resize(size),
            Step::Map { items, runs, taken, is_ordered: true } => {
                let map = self.pool.imap(self.call(runs), 0..items);
                for (n, result) in map.take(taken).enumerate() {
                    assert_eq!(result.expect("nobody kills it"), n as u64);
                }
            }
            Step::Map { items, runs, taken, is_ordered: false } => {
                let map = self.pool.imap_unordered(self.call(runs), 0..items);
                let mut results: Vec<_> = map.take(taken).map(Result::unwrap).collect();
                results.sort_unstable();
                results.dedup();
                assert_eq!(results.len(), taken.min(items as usize));
            }
            Step::NestedMap { items, runs } => {
                let (model, pool, call) = (self.clone(), self.pool.clone(), self.call(runs));
                let sum = move || pool.imap(call, 0..items).map(Result::unwrap).sum::<u64>();
                let thread = self.pool.spawn(move || model.begin(sum));
                self.note(thread.handle());
                if let Ok(sum) = thread.wait() {
                    assert_eq!(sum, items * items.saturating_sub(1) / 2);
                }
            }
            Step::MapWithin { limit, items, runs } => {
                let mut map = self.pool.imap(self.call(runs), 0..items);
                let mut results = Vec::new();
                let _ = with_timeout(ms(limit), || {
                    map.by_ref().for_each(|result| results.push(result.unwrap()));
                });
                // Given up in the middle or not, none is missing and none comes twice.
                results.extend(map.map(Result::unwrap));
                assert_eq!(results, Vec::from_iter(0..items));
            }
            Step::WaitAll { limit } => {
                if self.pool.wait_all_timeout(ms(limit)) && self.pool.running() > 0 {
                    // It was idle, and someone has spawned since.
                    self.look();
                }
            }
            Step::Sleep { millis } => sleep(ms(millis)),
        }
        self.look();
    }

    /// Notes a member, that it can be killed.
    fn note(&self, thread: Handle) {
        self.inner.threads.borrow_mut().push(thread);
    }
}

fn run(size: usize, scripts: Vec<Vec<Step>>) {
    pause_clock();
    let model = Model { pool: GreenPool::new(size), inner: Rc::default() };
    let actors: Vec<_> = scripts
        .into_iter()
        .map(|script| {
            let model = model.clone();
            spawn(move || {
                // Whoever spawns can be killed in the middle of it, too.
                model.note(current());
                script.iter().for_each(|step| model.take(step));
            })
        })
        .collect();
    sleep(ms(100));
    // From now on everyone who waits has his turn, whatever the size was.
    model.pool.resize(2);
    model.inner.has_last_size.set(true);
    for actor in actors {
        if let Err(exit) = actor.wait() {
            assert!(exit.is_killed(), "{exit}");
        }
    }
    model.pool.wait_all();
    model.look();
    let known = &model.inner;
    assert_eq!((model.pool.free(), model.pool.running(), model.pool.waiting()), (2, 0, 0));
    assert_eq!((known.n_alive.get(), known.n_begun.get()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn pool_keeps_its_promises(
        size in 0usize..4,
        scripts in prop::collection::vec(prop::collection::vec(step(), 0..12), 1..5),
    ) {
        // A hub of its own for each case: a case that fails leaves nothing to the next.
        let case = std::thread::spawn(move || check(|| run(size, scripts)));
        if let Err(payload) = case.join() {
            std::panic::resume_unwind(payload);
        }
    }
}
