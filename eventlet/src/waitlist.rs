//! Those who wait for the same thing, in the order they came.
//!
//! ```text
//!   join, wait ──► [ oldest │ … │ newest ] ──► wake_one, wake_all
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
pub(crate) trait Wakeable {
    /// Says whether that is still wanted.
    fn wake(self) -> bool;

    fn is_waiting(&self) -> bool;
}

impl Wakeable for Waiter {
    #[inline]
    fn wake(self) -> bool {
        Waiter::wake(self)
    }

    fn is_waiting(&self) -> bool {
        Waiter::is_waiting(self)
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
        let ticket = self.join(waiter.clone());
        let wake = hub::park(waiter, waits_for, deadline);
        if !matches!(wake, Wake::Ready) {
            self.leave(ticket);
        }
        wake
    }
}

impl<W: Wakeable> WaitList<W> {
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
    pub(crate) fn leave(&self, ticket: Ticket) {
        let mut entries = self.entries.borrow_mut();
        let place = entries.binary_search_by_key(&ticket, |entry| entry.ticket);
        let entry = place.ok().and_then(|index| entries.remove(index));
        drop(entries);
        // Perhaps the last that holds its fiber: dropped while nothing is borrowed.
        drop(entry);
    }

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

    /// How many wait. It takes a moment for each of them.
    pub(crate) fn len(&self) -> usize {
        self.entries.borrow().iter().filter(|entry| entry.waiter.is_waiting()).count()
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        !self.entries.borrow().iter().any(|entry| entry.waiter.is_waiting())
    }
}
