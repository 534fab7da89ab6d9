//! A number of equal units, and those who wait for one: what semaphores, locks and pools count with.

use std::cell::Cell;

use crate::hub::{Hub, Time, Waiter, Wake};
use crate::select::{Source, Watcher};
use crate::waitlist::{Ticket, WaitList};

/// Free units and those who wait for one.
///
/// # Invariant
///
/// While there is a free unit, nobody waits for one. So whoever finds one takes it, and passes
/// nobody.
pub(crate) struct Units {
    /// Negative after so many more have been taken away than were free.
    n_free: Cell<isize>,
    /// How many there may be.
    most: isize,
    /// Those who are given a unit, in order.
    takers: WaitList,
    /// Those who only want to know when there is a free one.
    watchers: WaitList<Watcher>,
    /// What they wait for, for reports.
    what: &'static str,
}

impl Units {
    pub(crate) fn new(n: usize, what: &'static str) -> Self {
        Self::with_bound(n, usize::MAX, what)
    }

    /// Such that there are never more than `most`.
    pub(crate) fn with_bound(n: usize, most: usize, what: &'static str) -> Self {
        Units {
            n_free: Cell::new(isize::try_from(n).unwrap_or(isize::MAX)),
            most: isize::try_from(most).unwrap_or(isize::MAX),
            takers: WaitList::default(),
            watchers: WaitList::default(),
            what,
        }
    }

    /// Takes a unit, if one is free.
    #[inline]
    pub(crate) fn try_take(&self) -> bool {
        let n_free = self.n_free.get();
        let is_free = n_free > 0;
        if is_free {
            self.n_free.set(n_free - 1);
        }
        is_free
    }

    /// Takes a unit, waiting for it until `deadline`; says whether it got one. Raises what is thrown
    /// meanwhile.
    #[inline(always)]
    pub(crate) fn take(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        self.try_take() || self.wait(crate::hub::with(deadline)).ready_or_raise()
    }

    #[inline(always)]
    fn wait(&self, deadline: Time) -> Wake {
        self.takers.wait(self.what, deadline)
    }

    /// Gives a unit: to the one who has waited longest, or to nobody in particular. Says whether
    /// there may be another one.
    #[inline]
    pub(crate) fn give(&self) -> bool {
        let n_free = self.n_free.get();
        if n_free >= self.most {
            return false;
        }
        if n_free < 0 || !self.takers.wake_one() {
            self.n_free.set(n_free + 1);
            if n_free >= 0 {
                self.watchers.wake_all();
            }
        }
        true
    }

    /// Adds units, or takes some away: those that are in use will be missed when they come back.
    pub(crate) fn change(&self, by: isize) {
        self.n_free.set(self.n_free.get().saturating_add(by));
        while self.n_free.get() > 0 && self.takers.wake_one() {
            self.n_free.set(self.n_free.get() - 1);
        }
        if self.n_free.get() > 0 {
            self.watchers.wake_all();
        }
    }

    /// How many are free; negative if more were taken away than were free.
    #[inline]
    pub(crate) fn n_free(&self) -> isize {
        self.n_free.get()
    }

    /// Whether nobody is in line, not even one whose wait has ended.
    #[inline]
    pub(crate) fn is_line_empty(&self) -> bool {
        self.takers.is_vacant()
    }

    /// How many wait for one. It takes a moment for each of them.
    pub(crate) fn n_waiting(&self) -> usize {
        self.takers.len()
    }
}

impl Source for Units {
    fn reserve(&self) -> bool {
        self.try_take()
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        self.takers.join(waiter)
    }

    fn leave(&self, ticket: Ticket) {
        self.takers.leave(ticket);
    }

    fn is_ready(&self) -> bool {
        self.n_free.get() > 0
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.watchers.join(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.watchers.leave(ticket);
    }
}
