//! The green threads of one scope that have not ended.

use std::cell::{Cell, RefCell};
use std::mem;
use std::process::abort;

use slab::Slab;

use crate::greenthread::{Killed, contain};
use crate::hub::{self, FiberRc, Hub, Time, Waiter, Wake};
use crate::unwind;

/// What the one who waits for them is shown to wait for.
const WAITS_FOR: &str = "the end of scoped green threads";

#[derive(Default)]
pub(super) struct Children {
    /// Those that have not ended: to be killed, and so that they are not dropped before.
    live: RefCell<Slab<FiberRc>>,
    /// Who waits until there are none.
    waiter: Cell<Option<Waiter>>,
    /// How many have panicked whose result has not been fetched. One that leaves late may have
    /// been seen before.
    n_unseen_panics: Cell<isize>,
    /// The scope unwinds: whoever comes now is killed, too.
    is_ending: Cell<bool>,
}

impl Children {
    /// Takes in one that has been started; returns its place.
    pub(super) fn admit(&self, fiber: &FiberRc) -> usize {
        self.live.borrow_mut().insert(fiber.clone())
    }

    /// One has ended, and nothing of it is left that borrows but a result somebody has a handle for.
    pub(super) fn leave(&self, place: usize, has_panicked: bool) {
        if has_panicked {
            self.n_unseen_panics.set(self.n_unseen_panics.get() + 1);
        }
        let fiber = self.live.borrow_mut().remove(place);
        drop(fiber);
        if self.n_live() == 0
            && let Some(waiter) = self.waiter.take()
        {
            waiter.wake();
        }
    }

    /// The panic of one has been seen.
    pub(super) fn see_panic(&self) {
        self.n_unseen_panics.set(self.n_unseen_panics.get() - 1);
    }

    pub(super) fn has_unseen_panic(&self) -> bool {
        self.n_unseen_panics.get() > 0
    }

    pub(super) fn is_ending(&self) -> bool {
        self.is_ending.get()
    }

    pub(super) fn n_live(&self) -> usize {
        self.live.borrow().len()
    }

    fn begin_wait(&self) -> Waiter {
        let waiter = hub::with(Hub::begin_wait);
        self.waiter.set(Some(waiter.clone()));
        waiter
    }

    /// Waits until all have ended; raises what is thrown meanwhile.
    pub(super) fn wait(&self) {
        while self.n_live() > 0 {
            let waiter = self.begin_wait();
            if let Wake::Thrown(payload) = hub::park(waiter, WAITS_FOR, Time::NEVER) {
                self.waiter.take();
                unwind::raise(payload);
            }
        }
    }

    /// Kills all, and returns when they have ended; whatever happens, not before. It is for a
    /// caller who has caught an unwind and will go on with it; `had_raised` is how it was before.
    pub(super) fn end(&self, had_raised: bool) {
        let stuck = AbortOnUnwind;
        if self.n_live() > 0 {
            let has_raised = hub::with(Hub::has_raised);
            hub::with(|hub| hub.set_has_raised(had_raised));
            self.kill_all();
            hub::with(|hub| hub.set_has_raised(has_raised));
        }
        mem::forget(stuck);
    }

    #[cold]
    fn kill_all(&self) {
        self.is_ending.set(true);
        let live: Vec<_> = self.live.borrow().iter().map(|(_, fiber)| fiber.clone()).collect();
        kill(&live);
        drop(live);
        while self.n_live() > 0 {
            hub::park_in_peace(self.begin_wait(), WAITS_FOR, Time::NEVER);
        }
    }
}

/// Kills some. Of those that have not begun, the destructors of what they have captured run here, and
/// may be interrupted by what is thrown at the caller.
fn kill(fibers: &[FiberRc]) {
    let thrown = contain(|| hub::with(|hub| hub.throw_all(fibers, Killed::payload)));
    // A limit is forgotten, as it is while the caller unwinds: it may be over when that ends.
    if let Some(payload) = thrown.filter(|payload| payload.is::<Killed>()) {
        hub::with(|hub| hub.throw_again(payload));
    }
}

/// Whoever goes on would free what others borrow.
struct AbortOnUnwind;

impl Drop for AbortOnUnwind {
    fn drop(&mut self) {
        notice!(
            "eventlet: a scope cannot end: its green threads, which borrow from it, have not \
             ended, and it cannot wait for them"
        );
        abort();
    }
}
