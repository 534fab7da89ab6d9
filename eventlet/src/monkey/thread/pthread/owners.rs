//! Which green thread has a mutex that the C library takes for its OS thread's.

use std::collections::BTreeMap;

use crate::hub::{self, Hub};
use crate::oslock::Mutex;

/// Who has a mutex.
struct Owner {
    /// The id of its fiber, which no other one has in the whole process.
    fiber: u64,
    /// How many times it has locked it.
    depth: usize,
}

/// The mutexes that know their owner, and are locked by fibers; by address.
static OWNERS: Mutex<BTreeMap<usize, Owner>> = Mutex::new(BTreeMap::new());

/// Whose a mutex is, as far as fibers are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The caller's.
    Mine,
    Anothers,
    /// No fiber's: it is free, or an OS thread's that has no hub.
    Unknown,
}

pub(super) fn whose(mutex: usize) -> Whose {
    let me = hub::with(Hub::current_id);
    match OWNERS.lock().get(&mutex) {
        None => Whose::Unknown,
        Some(owner) if owner.fiber == me => Whose::Mine,
        Some(_) => Whose::Anothers,
    }
}

/// The caller has locked a mutex that was its own already, or no fiber's.
pub(super) fn note_lock(mutex: usize) {
    let fiber = hub::with(Hub::current_id);
    OWNERS.lock().entry(mutex).or_insert(Owner { fiber, depth: 0 }).depth += 1;
}

/// A mutex is about to be unlocked. An OS thread without a hub has none of these, and the C library will
/// refuse.
pub(super) fn note_unlock(mutex: usize) {
    if !hub::exists() {
        return;
    }
    let mut owners = OWNERS.lock();
    if let Some(owner) = owners.get_mut(&mutex) {
        owner.depth -= 1;
        if owner.depth == 0 {
            owners.remove(&mutex);
        }
    }
}

/// A mutex is gone; one that was locked, too.
pub(super) fn forget(mutex: usize) {
    OWNERS.lock().remove(&mutex);
}
