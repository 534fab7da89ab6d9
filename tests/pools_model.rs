//! A pool of items under random uses by several green threads at once: the counts stay right, there
//! are never more items than may be, and none is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::pools::{Item, Pool};
use eventlet::{Handle, current, sleep, spawn, with_timeout};
use eventlet_tests::{OnDrop, check, ms};
use proptest::prelude::*;

/// How an item is got, and for how long one waits for it.
#[derive(Clone, Copy, Debug)]
enum Get {
    Wait,
    Try,
    Within(u64),
    /// Being made is limited, too.
    Limited(u64),
}

/// What is done with an item in the end.
#[derive(Clone, Copy, Debug)]
enum End {
    PutBack,
    Discard,
    Detach,
    DetachAndPut,
}

/// What a green thread does with the pool that all share. Times are milliseconds.
#[derive(Clone, Copy, Debug)]
enum Step {
    Use { get: Get, holds: u64, end: End },
    Resize { size: usize },
    Kill { which: usize },
    Sleep { millis: u64 },
}

/// What making an item is like: how long it takes, and whether it succeeds.
type Making = (u64, bool);

fn step() -> impl Strategy<Value = Step> {
    let get = prop_oneof![
        4 => Just(Get::Wait),
        1 => Just(Get::Try),
        2 => (0u64..6).prop_map(Get::Within),
        2 => (0u64..6).prop_map(Get::Limited),
    ];
    let end = prop_oneof![
        5 => Just(End::PutBack),
        1 => Just(End::Discard),
        1 => Just(End::Detach),
        1 => Just(End::DetachAndPut),
    ];
    prop_oneof![
        6 => (get, 0u64..5, end).prop_map(|(get, holds, end)| Step::Use { get, holds, end }),
        1 => (0usize..5).prop_map(|size| Step::Resize { size }),
        1 => (0usize..20).prop_map(|which| Step::Kill { which }),
        1 => (0u64..5).prop_map(|millis| Step::Sleep { millis }),
    ]
}

/// Counts itself for as long as it lives.
type Counted = OnDrop<Box<dyn FnMut()>>;

fn counted(count: &Rc<Cell<usize>>) -> Counted {
    count.set(count.get() + 1);
    let count = count.clone();
    OnDrop(Box::new(move || count.set(count.get() - 1)))
}

#[derive(Clone)]
struct Model {
    pool: Pool<Counted, &'static str>,
    /// Items that exist, in the pool or detached.
    n_items: Rc<Cell<usize>>,
    n_detached: Rc<Cell<usize>>,
    /// Items that are being made.
    n_in_making: Rc<Cell<usize>>,
    /// How many there were when last looked: more than there may be, they only get fewer.
    last: Rc<Cell<usize>>,
    actors: Rc<RefCell<Vec<Handle>>>,
    /// The pool is not resized any more.
    has_last_size: Rc<Cell<bool>>,
}

impl Model {
    fn new(size: usize, makings: Vec<Making>) -> Self {
        let (n_items, n_in_making) = <(Rc<Cell<usize>>, Rc<Cell<usize>>)>::default();
        let (items, in_making) = (n_items.clone(), n_in_making.clone());
        let next = Cell::new(0);
        let create = move || {
            let _in_making = counted(&in_making);
            let (takes, succeeds) = makings[next.replace(next.get() + 1) % makings.len()];
            if takes > 0 {
                sleep(ms(takes));
            }
            if succeeds { Ok(counted(&items)) } else { Err("refused") }
        };
        let Ok(pool) = Pool::builder().max_size(size).build(create) else { unreachable!() };
        let (n_detached, last, actors, has_last_size) = Default::default();
        Model { pool, n_items, n_detached, n_in_making, last, actors, has_last_size }
    }

    /// Checks what must always hold.
    fn look(&self) {
        let pool = &self.pool;
        let known = self.n_items.get() + self.n_in_making.get() - self.n_detached.get();
        assert_eq!(pool.len(), known, "{pool:?}");
        assert!(pool.waiting() == 0 || pool.free() <= 0, "some wait in vain: {pool:?}");
        // One who has been promised an item before a resize makes it after that.
        let promised = (pool.max_size().cast_signed() - pool.free()).cast_unsigned();
        let most = pool.max_size().max(self.last.replace(pool.len().max(promised)));
        assert!(pool.len() <= most, "more than {most}: {pool:?}");
    }

    fn get(&self, get: Get) -> Option<Item<Counted>> {
        let pool = &self.pool;
        match get {
            Get::Wait => pool.get().ok(),
            Get::Try => {
                let free = pool.free();
                let got = pool.try_get();
                assert!(free > 0 || matches!(got, Ok(None)));
                got.ok().flatten()
            }
            Get::Within(millis) => pool.get_timeout(ms(millis)).ok().flatten(),
            Get::Limited(millis) => with_timeout(ms(millis), || pool.get()).ok()?.ok(),
        }
    }

    fn end(&self, item: Item<Counted>, end: End) {
        match end {
            End::PutBack => drop(item),
            End::Discard => item.discard(),
            End::Detach | End::DetachAndPut => {
                let _detached = counted(&self.n_detached);
                let item = item.detach();
                self.look();
                if matches!(end, End::DetachAndPut) {
                    let refused = self.pool.put(item);
                    drop(_detached);
                    drop(refused);
                }
            }
        }
    }

    fn take(&self, step: Step) {
        self.look();
        match step {
            Step::Use { get, holds, end } => {
                if let Some(item) = self.get(get) {
                    self.look();
                    sleep(ms(holds));
                    self.end(item, end);
                }
            }
            Step::Resize { .. } if self.has_last_size.get() => {}
            Step::Resize { size } => self.pool.resize(size),
            Step::Kill { which } => {
                let actors = self.actors.borrow().clone();
                actors[which % actors.len()].kill();
            }
            Step::Sleep { millis } => sleep(ms(millis)),
        }
        self.look();
    }
}

fn run(size: usize, makings: Vec<Making>, scripts: Vec<Vec<Step>>) {
    pause_clock();
    let model = Model::new(size, makings);
    let actors: Vec<_> = scripts
        .into_iter()
        .map(|script| {
            let model = model.clone();
            spawn(move || {
                model.actors.borrow_mut().push(current());
                script.into_iter().for_each(|step| model.take(step));
            })
        })
        .collect();
    sleep(ms(200));
    // From now on everyone who waits has his turn, whatever the size was.
    model.pool.resize(2);
    model.has_last_size.set(true);
    for actor in actors {
        if let Err(exit) = actor.wait() {
            assert!(exit.is_killed(), "{exit}");
        }
    }
    model.look();
    assert_eq!((model.pool.free(), model.pool.waiting()), (2, 0));
    assert!(model.pool.len() <= 2 && model.n_in_making.get() == 0);
    let n_items = model.n_items.clone();
    drop(model);
    assert_eq!(n_items.get(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn pool_of_items_keeps_its_promises(
        size in 0usize..4,
        makings in prop::collection::vec((0u64..4, prop::bool::weighted(0.8)), 1..6),
        scripts in prop::collection::vec(prop::collection::vec(step(), 0..12), 1..5),
    ) {
        // A hub of its own for each case: a case that fails leaves nothing to the next.
        let case = std::thread::spawn(move || check(|| run(size, makings, scripts)));
        if let Err(payload) = case.join() {
            std::panic::resume_unwind(payload);
        }
    }
}
