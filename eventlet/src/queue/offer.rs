//! Putting: to one who waits, into the store, or in line.

use super::error::Full;
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::hub::{self, Hub, Time, Waiter, Wake};
use crate::unwind;
use crate::waitlist::{Ticket, Waits};

const ROOM: &str = "room in a queue";

impl<T, S: Store<T>, C: Count> Inner<T, S, C> {
    /// Puts an item if that needs no waiting.
    #[inline(always)]
    pub(super) fn offer(&self, item: T) -> Result<(), Full<T>> {
        if self.is_awaited.get() {
            self.offer_to_those_who_wait(item)
        } else if self.has_room() {
            self.store_item(item);
            Ok(())
        } else {
            Err(Full(item))
        }
    }

    #[inline(never)]
    fn offer_to_those_who_wait(&self, item: T) -> Result<(), Full<T>> {
        if self.is_shut_down.get() {
            return Err(Full(item));
        }
        if self.is_next()
            && let Some(id) = self.getters.wake_someone()
        {
            self.given.borrow_mut().push_back((id, item));
            self.tasks.add();
        } else if self.has_room() {
            self.store_item(item);
            self.tell_of_item();
        } else {
            return Err(Full(item));
        }
        Ok(())
    }

    #[inline(always)]
    fn store_item(&self, item: T) {
        self.tasks.add();
        self.n_items.set(self.n_items.get() + 1);
        self.store.borrow_mut().push(item);
    }

    /// Puts an item, waiting for room until `deadline`. Raises what is thrown meanwhile.
    #[inline(always)]
    pub(super) fn put(&self, item: T, deadline: impl FnOnce(&Hub) -> Time) -> Result<(), Full<T>> {
        match self.offer(item) {
            Err(Full(item)) if !self.is_shut_down.get() => {
                self.wait_to_put(item, hub::with(deadline))
            }
            result => result,
        }
    }

    #[inline(always)]
    fn wait_to_put(&self, item: T, deadline: Time) -> Result<(), Full<T>> {
        let waiter = hub::with(Hub::begin_wait);
        let place = self.putters.place(self.join_putters(waiter.clone(), item));
        match hub::park(waiter, ROOM, deadline) {
            Wake::Ready if !self.is_shut_down.get() => {
                place.keep();
                Ok(())
            }
            // What was accepted before the queue was shut down is not there any more.
            Wake::Ready | Wake::TimedOut => {
                place.leave().map_or(Ok(()), |putter| Err(Full(putter.item)))
            }
            Wake::Thrown(payload) => {
                let _dropped_while_unwinding = place.leave();
                unwind::raise(payload)
            }
        }
    }

    /// Puts one who has an item at the end of the line.
    pub(super) fn join_putters(&self, waiter: Waiter, item: T) -> Ticket {
        let ticket = self.putters.join(Putter { waiter, item });
        self.is_wanted.set(true);
        if self.n_items.get() == 0 {
            // A rendezvous, where the item can be taken from the hand.
            self.item_watchers.wake_all();
        }
        ticket
    }

    /// Accepts the items of those who wait to put, as long as there is room. If nobody waits for
    /// that any more, it is noted.
    #[inline(never)]
    pub(super) fn refill(&self) {
        while self.has_room() {
            let Some(item) = self.take_from_hand() else {
                self.room_watchers.wake_all();
                return self.is_wanted.set(!self.putters.is_vacant());
            };
            if self.is_next() {
                self.deliver(item);
            } else {
                self.keep(item);
            }
        }
    }

    /// Gives an item that was accepted to the one who has waited longest, or keeps it.
    pub(super) fn deliver(&self, item: T) {
        match self.getters.wake_someone() {
            Some(id) => self.given.borrow_mut().push_back((id, item)),
            None => self.keep(item),
        }
    }

    /// Whether an item that comes now is the next one to be given, since there are no others.
    fn is_next(&self) -> bool {
        self.n_items.get() == 0 && !self.is_out.get()
    }

    fn keep(&self, item: T) {
        self.n_items.set(self.n_items.get() + 1);
        self.store.borrow_mut().push(item);
        self.tell_of_item();
    }

    /// Tells all who asked that there is an item. If nobody waits for one, that is noted.
    pub(super) fn tell_of_item(&self) {
        self.peekers.wake_all();
        self.item_watchers.wake_all();
        self.is_awaited.set(self.is_shut_down.get() || !self.getters.is_empty());
    }
}

/// One who waits to put, with the item.
pub(super) struct Putter<T> {
    pub(super) waiter: Waiter,
    pub(super) item: T,
}

impl<T> Waits for Putter<T> {
    fn is_waiting(&self) -> bool {
        self.waiter.is_waiting()
    }
}
