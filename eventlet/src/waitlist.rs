//! Those who wait for the same thing, in the order they came.
//!
//! ```text
//!   join, wait ──► [ oldest │ … │ newest ] ──► wake_one, wake_all, take_first
//!                       └── leave: killed, timed out, or woken by something else
//! ```
//!
//! Handing something over together with a wake that succeeds loses nothing: a wait that was ended by
//! a wake is never ended otherwise. What is thrown at the fiber meanwhile waits for its next wait.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::hub::{self, Hub, Time, Waiter, Wake};

/// A line of fibers that wait, or of others that are to be told.
pub(crate) struct WaitList<W = Waiter> {
    /// With growing tickets, so that one is found quickly among many.
    entries: RefCell<VecDeque<Entry<W>>>,
    /// How many entries have no waiter: at most half of them, and neither the first nor the last.
    n_gaps: Cell<usize>,
    next_ticket: Cell<u64>,
}

struct Entry<W> {
    ticket: Ticket,
    /// None if it has left: closing the gap would move all behind it.
    waiter: Option<W>,
}

/// Who can stand in a [`WaitList`].
pub(crate) trait Waits {
    /// Whether it can still be woken.
    fn is_waiting(&self) -> bool;
}

/// Who is woken by the list itself.
pub(crate) trait Wakeable: Waits {
    /// Says whether that is still wanted.
    fn wake(self) -> bool;
}

impl Waits for Waiter {
    fn is_waiting(&self) -> bool {
        Waiter::is_waiting(self)
    }
}

impl Wakeable for Waiter {
    #[inline]
    fn wake(self) -> bool {
        Waiter::wake(self)
    }
}

impl<W: Waits> Entry<W> {
    fn is_waiting(&self) -> bool {
        self.waiter.as_ref().is_some_and(W::is_waiting)
    }
}

impl<W> Default for WaitList<W> {
    fn default() -> Self {
        WaitList { entries: RefCell::default(), n_gaps: Cell::new(0), next_ticket: Cell::new(0) }
    }
}

/// A place in a [`WaitList`].
///
/// It is `pub` for the hidden half of `Waitable`; nobody outside can name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ticket(u64);

impl Ticket {
    /// For lines that are no [`WaitList`].
    pub(crate) const fn of(number: u64) -> Self {
        Ticket(number)
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl WaitList {
    /// Lets others run until the current fiber is woken from here or `deadline` has passed.
    ///
    /// As with [`hub::park`], the caller puts its affairs in order and raises what was thrown.
    #[inline(always)]
    pub(crate) fn wait(&self, waits_for: &'static str, deadline: Time) -> Wake {
        let waiter = hub::with(Hub::begin_wait);
        let place = self.place(self.join(waiter.clone()));
        let wake = hub::park(waiter, waits_for, deadline);
        if matches!(wake, Wake::Ready) {
            place.keep();
        }
        wake
    }

    /// Wakes the one that has waited longest, and says which fiber it is.
    #[inline]
    pub(crate) fn wake_someone(&self) -> Option<u64> {
        loop {
            let waiter = self.pop()?;
            let id = waiter.id();
            if waiter.wake() {
                return Some(id);
            }
        }
    }
}

impl<W> WaitList<W> {
    /// Puts `waiter` at the end.
    #[inline]
    pub(crate) fn join(&self, waiter: W) -> Ticket {
        let ticket = Ticket(self.next_ticket.get());
        self.next_ticket.set(ticket.0 + 1);
        self.entries.borrow_mut().push_back(Entry { ticket, waiter: Some(waiter) });
        ticket
    }

    /// Takes a waiter out, if it is still there.
    #[inline(never)]
    pub(crate) fn leave(&self, ticket: Ticket) -> Option<W> {
        let index = {
            let entries = self.entries.borrow();
            entries.binary_search_by_key(&ticket, |entry| entry.ticket).ok()?
        };
        // Perhaps the last that holds its fiber: to be dropped while nothing is borrowed.
        self.take(index)
    }

    /// Takes out the one that has waited longest.
    #[inline]
    fn pop(&self) -> Option<W> {
        let mut entries = self.entries.borrow_mut();
        let first = entries.pop_front()?;
        if self.n_gaps.get() > 0 {
            self.trim(&mut entries);
        }
        first.waiter
    }

    /// Takes out the waiter of an entry.
    fn take(&self, index: usize) -> Option<W> {
        let mut entries = self.entries.borrow_mut();
        let waiter = entries.get_mut(index)?.waiter.take();
        self.n_gaps.set(self.n_gaps.get() + usize::from(waiter.is_some()));
        self.trim(&mut entries);
        waiter
    }

    /// Closes gaps at the ends, and all of them if they are many.
    fn trim(&self, entries: &mut VecDeque<Entry<W>>) {
        let is_gap = |entry: &mut Entry<W>| entry.waiter.is_none();
        let n_before = entries.len();
        while entries.pop_front_if(is_gap).or_else(|| entries.pop_back_if(is_gap)).is_some() {}
        let n_gaps = self.n_gaps.get() - (n_before - entries.len());
        let are_many = n_gaps > entries.len() / 2;
        if are_many {
            entries.retain(|entry| entry.waiter.is_some());
        }
        self.n_gaps.set(if are_many { 0 } else { n_gaps });
    }

    /// A place that is left by itself, also when the wait ends by a panic.
    #[inline]
    pub(crate) fn place(&self, ticket: Ticket) -> Place<'_, W> {
        Place { list: self, ticket }
    }

    /// Whether nobody has a place, not even one whose wait has ended.
    #[inline]
    pub(crate) fn is_vacant(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// What `f` says of each of them, in order.
    pub(crate) fn map<R>(&self, f: impl FnMut(&W) -> R) -> Vec<R> {
        self.entries.borrow().iter().filter_map(|entry| entry.waiter.as_ref()).map(f).collect()
    }
}

impl<W: Wakeable> WaitList<W> {
    /// Wakes the one that has waited longest; says whether there was one.
    #[inline]
    pub(crate) fn wake_one(&self) -> bool {
        !self.is_vacant() && self.wake_first()
    }

    #[inline(never)]
    fn wake_first(&self) -> bool {
        loop {
            let Some(first) = self.pop() else { return false };
            // A wait that has ended otherwise takes nothing.
            if first.wake() {
                return true;
            }
        }
    }

    /// Wakes all that wait now, in order.
    #[inline]
    pub(crate) fn wake_all(&self) {
        if !self.is_vacant() {
            self.wake_each();
        }
    }

    #[inline(never)]
    fn wake_each(&self) {
        self.n_gaps.set(0);
        for waiter in self.entries.take().into_iter().filter_map(|entry| entry.waiter) {
            waiter.wake();
        }
    }
}

impl<W: Waits> WaitList<W> {
    /// Takes out the first one that can still be woken. The others keep their places until they leave.
    #[inline]
    pub(crate) fn take_first(&self) -> Option<W> {
        let index = self.entries.borrow().iter().position(Entry::is_waiting)?;
        self.take(index)
    }

    /// How many wait. It takes a moment for each of them.
    pub(crate) fn len(&self) -> usize {
        self.entries.borrow().iter().filter(|entry| entry.is_waiting()).count()
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        !self.entries.borrow().iter().any(Entry::is_waiting)
    }
}

/// A place in a line: left when this is dropped.
pub(crate) struct Place<'a, W> {
    list: &'a WaitList<W>,
    ticket: Ticket,
}

impl<W> Place<'_, W> {
    /// Who has been woken has left already.
    #[inline]
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }

    /// Leaves it, if the waiter is still there.
    pub(crate) fn leave(self) -> Option<W> {
        let waiter = self.list.leave(self.ticket);
        self.keep();
        waiter
    }
}

impl<W> Drop for Place<'_, W> {
    fn drop(&mut self) {
        drop(self.list.leave(self.ticket));
    }
}
