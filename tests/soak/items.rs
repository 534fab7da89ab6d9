//! Pools of things: each is used by one at a time, and never more of them than there may be.

use std::cell::{Cell, OnceCell};
use std::rc::{Rc, Weak};
use std::time::Instant;

use eventlet::pools::{Item, Pool};
use eventlet::sleep;
use eventlet_tests::OnDrop;

use super::soak::{Soak, Subject};

const MOST: usize = 4;

/// Something that takes a while to make, if it succeeds at all.
struct Thing {
    is_in_use: Cell<bool>,
    /// Counts those that are there.
    _alive: Rc<()>,
}

/// No thing could be made.
struct NoLuck;

/// A pool that all rounds share.
pub struct Items {
    pool: Pool<Thing, NoLuck>,
    /// Where those who make things get their luck from.
    soak: Rc<OnceCell<Weak<Soak>>>,
    alive: Rc<()>,
}

impl Items {
    /// Nothing has been made.
    pub fn new() -> Self {
        let (soak, alive) = (Rc::new(OnceCell::<Weak<Soak>>::new()), Rc::new(()));
        let (luck, counted) = (soak.clone(), alive.clone());
        let pool = Pool::new(move || {
            let soak = luck.get().and_then(Weak::upgrade).expect("it is set by the first round");
            sleep(soak.short_time());
            if soak.below(5) == 0 {
                return Err(NoLuck);
            }
            Ok(Thing { is_in_use: Cell::new(false), _alive: counted.clone() })
        });
        Items { pool, soak, alive }
    }

    fn get(&self, soak: &Soak) -> Option<Item<Thing>> {
        let limit = soak.short_time();
        let got = match soak.below(4) {
            0 => self.pool.try_get(),
            1 => self.pool.get_timeout(limit),
            2 => self.pool.get_deadline(Instant::now() + limit),
            _ => self.pool.get().map(Some),
        };
        got.ok().flatten()
    }

    fn n_alive(&self) -> usize {
        // One of ours, and one of the function that makes them.
        Rc::strong_count(&self.alive) - 2
    }
}

impl Subject for Items {
    fn round(&self, soak: &Rc<Soak>) {
        self.soak.get_or_init(|| Rc::downgrade(soak));
        if soak.below(20) == 0 {
            return self.pool.resize(1 + soak.below(MOST));
        }
        let Some(thing) = self.get(soak) else { return };
        assert!(self.n_alive() <= MOST, "too many were made");
        assert!(!thing.is_in_use.replace(true), "somebody else uses it");
        {
            let _used = OnDrop(|| thing.is_in_use.set(false));
            sleep(soak.short_time());
        }
        match soak.below(6) {
            0 => thing.discard(),
            1 => drop(thing.detach()),
            _ => drop(thing),
        }
    }

    fn verify(&self) {
        assert_eq!(self.pool.free(), self.pool.max_size() as isize, "a place is lost");
        assert_eq!(self.pool.waiting(), 0);
        assert_eq!(self.pool.len(), self.n_alive(), "a thing is lost");
    }
}
