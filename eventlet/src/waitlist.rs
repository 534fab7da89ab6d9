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
    next_ticket: Cell<u64>,
}

struct Entry<W> {
    ticket: Ticket,
    waiter: W,
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

impl<W> Default for WaitList<W> {
    fn default() -> Self {
        WaitList { entries: RefCell::default(), next_ticket: Cell::default() }
    }
}

/// A place in a [`WaitList`].
///
/// It is `pub` for the hidden half of `Waitable`; nobody outside can name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ticket(u64);

impl Ticket {
    /// For lines that are no [`WaitList`].
    pub(crate) fn of(number: u64) -> Self {
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
            let waiter = self.entries.borrow_mut().pop_front()?.waiter;
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
        self.entries.borrow_mut().push_back(Entry { ticket, waiter });
        ticket
    }

    /// Takes a waiter out, if it is still there.
    #[inline(never)]
    pub(crate) fn leave(&self, ticket: Ticket) -> Option<W> {
        let mut entries = self.entries.borrow_mut();
        let place = entries.binary_search_by_key(&ticket, |entry| entry.ticket);
        let entry = place.ok().and_then(|index| entries.remove(index));
        // Perhaps the last that holds its fiber: to be dropped while nothing is borrowed.
        drop(entries);
        entry.map(|entry| entry.waiter)
    }

    /// A place that is left by itself, also when the wait ends by a panic.
    #[inline]
    pub(crate) fn place(&self, ticket: Ticket) -> Place<'_, W> {
        Place { list: self, ticket }
    }

    /// What `f` says of each of them, in order.
    pub(crate) fn map<R>(&self, f: impl FnMut(&W) -> R) -> Vec<R> {
        self.entries.borrow().iter().map(|entry| &entry.waiter).map(f).collect()
    }
}

impl<W: Wakeable> WaitList<W> {
    /// Wakes the one that has waited longest; says whether there was one.
    #[inline]
    pub(crate) fn wake_one(&self) -> bool {
        loop {
            let first = self.entries.borrow_mut().pop_front();
            let Some(entry) = first else { return false };
            // A wait that has ended otherwise takes nothing.
            if entry.waiter.wake() {
                return true;
            }
        }
    }

    /// Wakes all that wait now, in order.
    #[inline]
    pub(crate) fn wake_all(&self) {
        if self.entries.borrow().is_empty() {
            return;
        }
        for entry in self.entries.take() {
            entry.waiter.wake();
        }
    }
}

impl<W: Waits> WaitList<W> {
    /// Takes out the first one that can still be woken. The others keep their places until they leave.
    #[inline]
    pub(crate) fn take_first(&self) -> Option<W> {
        let mut entries = self.entries.borrow_mut();
        if entries.is_empty() {
            return None;
        }
        let index = entries.iter().position(|entry| entry.waiter.is_waiting())?;
        entries.remove(index).map(|entry| entry.waiter)
    }

    /// How many wait. It takes a moment for each of them.
    pub(crate) fn len(&self) -> usize {
        self.entries.borrow().iter().filter(|entry| entry.waiter.is_waiting()).count()
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        !self.entries.borrow().iter().any(|entry| entry.waiter.is_waiting())
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
