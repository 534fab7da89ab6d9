//! Which pools there are on this OS thread, for who looks after the program.

use std::cell::RefCell;
use std::panic::Location;
use std::rc::{Rc, Weak};

use super::slots::Slots;

/// So many pools are entered before those that are gone are looked for.
const FEW: usize = 16;

thread_local! {
    static POOLS: RefCell<Census> = RefCell::default();
}

#[derive(Default)]
struct Census {
    /// Some of them are gone, but no more than there were pools when this was last looked through.
    pools: Vec<Weak<Slots>>,
    /// With so many it is looked through again.
    limit: usize,
}

/// What a pool shows of itself.
#[derive(Clone, Debug)]
pub(crate) struct PoolView {
    pub(crate) made_at: &'static Location<'static>,
    pub(crate) size: usize,
    pub(crate) running: usize,
    /// Negative if more members run than a smaller size allows.
    pub(crate) free: isize,
    pub(crate) waiting: usize,
}

/// Enters a new pool; not where the OS thread ends.
pub(super) fn enter(slots: &Rc<Slots>) {
    let _ = POOLS.try_with(|census| {
        let mut census = census.borrow_mut();
        if census.pools.len() >= census.limit {
            census.pools.retain(|pool| pool.strong_count() > 0);
            census.limit = FEW.max(2 * census.pools.len());
        }
        census.pools.push(Rc::downgrade(slots));
    });
}

/// The pools of this OS thread, oldest first.
pub(crate) fn view_pools() -> Vec<PoolView> {
    let view = |slots: Rc<Slots>| PoolView {
        made_at: slots.made_at,
        size: slots.size(),
        running: slots.n_running(),
        free: slots.units.n_free(),
        waiting: slots.units.n_waiting(),
    };
    let views = POOLS.try_with(|census| {
        census.borrow().pools.iter().filter_map(Weak::upgrade).map(view).collect()
    });
    views.unwrap_or_default()
}
