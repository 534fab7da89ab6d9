//! Taking: from the store, from the hand of one who waits to put, or in line.

use std::collections::VecDeque;

use super::error::Empty;
use super::inner::{ITEM, Inner};
use super::offer::Putter;
use super::store::Store;
use super::tasks::Count;
use crate::hub::{self, Hub, Time, Waiter, Wake};
use crate::unwind;
use crate::waitlist::Ticket;

impl<T, S: Store<T>, C: Count> Inner<T, S, C> {
    /// Takes the next item if that needs no waiting.
    #[inline(always)]
    pub(super) fn take(&self) -> Option<T> {
        if self.n_items.get() == 0 {
            return if self.is_wanted.get() { self.take_from_hand() } else { None };
        }
        let item = self.pop()?;
        if self.is_wanted.get() {
            self.refill();
        }
        Some(item)
    }

    /// Accepts the item of the first one who waits to put it.
    #[inline(never)]
    pub(super) fn take_from_hand(&self) -> Option<T> {
        let Putter { waiter, item } = self.putters.take_first()?;
        waiter.wake();
        self.tasks.add();
        Some(item)
    }

    /// Takes the next item, waiting for it until `deadline`. Raises what is thrown meanwhile.
    #[inline(always)]
    pub(super) fn get(&self, deadline: impl FnOnce(&Hub) -> Time) -> Result<T, Empty> {
        match self.take() {
            Some(item) => Ok(item),
            None if self.is_over() => Err(Empty),
            None => self.wait_to_get(hub::with(deadline)),
        }
    }

    #[inline(always)]
    fn wait_to_get(&self, deadline: Time) -> Result<T, Empty> {
        let waiter = hub::with(Hub::begin_wait);
        let id = waiter.id();
        let place = self.getters.place(self.join_getters(waiter.clone()));
        match hub::park(waiter, ITEM, deadline) {
            Wake::Ready => {
                place.keep();
                self.take_given(id)
            }
            Wake::TimedOut => Err(Empty),
            Wake::Thrown(payload) => {
                drop(place);
                unwind::raise(payload)
            }
        }
    }

    /// Puts one who wants an item at the end of the line.
    #[inline]
    pub(super) fn join_getters(&self, waiter: Waiter) -> Ticket {
        self.is_awaited.set(true);
        if self.is_wanted.get() {
            self.room_watchers.wake_all();
        }
        self.getters.join(waiter)
    }

    pub(super) fn leave_getters(&self, ticket: Ticket) {
        self.getters.leave(ticket);
    }

    /// Takes an item aside for the current fiber, if there is one.
    pub(super) fn reserve(&self) -> bool {
        let Some(item) = self.take() else { return self.is_over() };
        let me = hub::with(Hub::current_id);
        self.given.borrow_mut().push_front((me, item));
        true
    }

    /// Takes what was given to a fiber: an item, or word that there will be none.
    #[inline]
    pub(super) fn take_given(&self, id: u64) -> Result<T, Empty> {
        let mut given = self.given.borrow_mut();
        // Who was woken first runs first, unless something was thrown at another one.
        let is_first = given.front().is_some_and(|(owner, _)| *owner == id);
        let mine = if is_first { given.pop_front() } else { find(&mut given, id) };
        mine.map(|(_, item)| item).ok_or(Empty)
    }
}

#[cold]
fn find<T>(given: &mut VecDeque<(u64, T)>, id: u64) -> Option<(u64, T)> {
    let index = given.iter().position(|(owner, _)| *owner == id)?;
    given.remove(index)
}
