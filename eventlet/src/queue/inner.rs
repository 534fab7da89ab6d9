//! What the handles of a queue share.
//!
//! ```text
//!            there is room                           someone waits to get
//!   offer ──────────────────► store ──► take    offer ─────────────────► given ──► who was woken
//!     │                         ▲         ▲
//!     └─► putters ──────────────┴─────────┘
//!            as room is made    a rendezvous
//! ```

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::error::{Empty, Full};
use super::store::Store;
use super::tasks::Count;
use crate::hub::{self, Hub, Time, Waiter, Wake};
use crate::select::Watcher;
use crate::unwind;
use crate::waitlist::{Ticket, WaitList, Waits};

/// # Invariant
///
/// Nobody waits to get while there is an item in the store, and nobody waits to put while there is
/// room or someone waits to get. So whoever finds an item or room takes it, and passes nobody.
pub(super) struct Inner<T, S, C> {
    /// The items that nobody has been given. Nothing of the user's is called while it is borrowed.
    pub(super) store: RefCell<S>,
    /// How many there are, also those that are out to be compared or cloned.
    pub(super) n_items: Cell<usize>,
    /// How many there may be.
    max: Cell<usize>,
    is_shut_down: Cell<bool>,
    /// Someone hands items from the store to those who wait to get.
    pub(super) is_serving: Cell<bool>,
    /// What belongs to those who waited to get, were woken and have not run; with their ids.
    given: RefCell<VecDeque<(u64, T)>>,
    /// Those who wait to get.
    pub(super) getters: WaitList,
    /// Those who wait to put, with their items.
    pub(super) putters: WaitList<Putter<T>>,
    /// Those who wait to look at an item.
    pub(super) peekers: WaitList,
    /// Those who only want to know when there is an item.
    pub(super) item_watchers: WaitList<Watcher>,
    /// Those who only want to know when there is room.
    pub(super) room_watchers: WaitList<Watcher>,
    /// What has been put and not been done.
    pub(super) tasks: C,
}

pub(super) const ITEM: &str = "an item of a queue";
const ROOM: &str = "room in a queue";

impl<T, S: Store<T>, C: Count> Inner<T, S, C> {
    pub(super) fn new(max: usize) -> Self {
        Inner {
            store: RefCell::default(),
            n_items: Cell::new(0),
            max: Cell::new(max),
            is_shut_down: Cell::new(false),
            is_serving: Cell::new(false),
            given: RefCell::default(),
            getters: WaitList::default(),
            putters: WaitList::default(),
            peekers: WaitList::default(),
            item_watchers: WaitList::default(),
            room_watchers: WaitList::default(),
            tasks: C::default(),
        }
    }

    /// Puts an item if that needs no waiting.
    #[inline]
    pub(super) fn offer(&self, item: T) -> Result<(), Full<T>> {
        if self.is_shut_down.get() {
            return Err(Full(item));
        }
        if let Some(id) = self.getters.wake_someone() {
            self.given.borrow_mut().push_back((id, item));
        } else if self.has_room() {
            self.keep(item);
        } else {
            return Err(Full(item));
        }
        self.tasks.add();
        Ok(())
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
        if self.n_items.get() == 0 {
            // A rendezvous, where the item can be taken from the hand.
            self.item_watchers.wake_all();
        }
        ticket
    }

    /// Takes the next item if that needs no waiting.
    #[inline]
    pub(super) fn take(&self) -> Option<T> {
        if self.n_items.get() == 0 {
            return self.take_from_hand();
        }
        let item = self.pop()?;
        self.n_items.set(self.n_items.get() - 1);
        self.refill();
        Some(item)
    }

    /// Accepts the item of the first one who waits to put it.
    #[inline]
    fn take_from_hand(&self) -> Option<T> {
        let Putter { waiter, item } = self.putters.take_first()?;
        waiter.wake();
        self.tasks.add();
        Some(item)
    }

    /// Takes the next item, waiting for it until `deadline`. Raises what is thrown meanwhile.
    #[inline(always)]
    pub(super) fn get(&self, deadline: impl FnOnce(&Hub) -> Time) -> Result<T, Empty> {
        if let Some(item) = self.take() {
            return Ok(item);
        }
        if self.is_shut_down.get() {
            return Err(Empty);
        }
        self.room_watchers.wake_all();
        if self.getters.wait(ITEM, hub::with(deadline)).ready_or_raise() {
            self.take_given()
        } else {
            Err(Empty)
        }
    }

    /// Puts one who wants an item at the end of the line.
    pub(super) fn join_getters(&self, waiter: Waiter) -> Ticket {
        self.room_watchers.wake_all();
        self.getters.join(waiter)
    }

    pub(super) fn leave_getters(&self, ticket: Ticket) {
        self.getters.leave(ticket);
    }

    /// Takes an item aside for the current fiber, if there is one.
    pub(super) fn reserve(&self) -> bool {
        let Some(item) = self.take() else { return self.is_shut_down.get() };
        let me = hub::with(Hub::current_id);
        self.given.borrow_mut().push_front((me, item));
        true
    }

    /// Takes what was given to the current fiber: an item, or word that there will be none.
    #[inline]
    pub(super) fn take_given(&self) -> Result<T, Empty> {
        let me = hub::with(Hub::current_id);
        let mut given = self.given.borrow_mut();
        // Who was woken first runs first, unless something was thrown at another one.
        let index = given.iter().position(|(id, _)| *id == me).ok_or(Empty)?;
        given.remove(index).map(|(_, item)| item).ok_or(Empty)
    }

    /// Gives an item that was accepted to the one who has waited longest, or keeps it.
    pub(super) fn deliver(&self, item: T) {
        match self.getters.wake_someone() {
            Some(id) => self.given.borrow_mut().push_back((id, item)),
            None => self.keep(item),
        }
    }

    #[inline]
    fn keep(&self, item: T) {
        self.n_items.set(self.n_items.get() + 1);
        self.store.borrow_mut().push(item);
        self.tell_of_item();
    }

    #[inline]
    pub(super) fn tell_of_item(&self) {
        self.peekers.wake_all();
        self.item_watchers.wake_all();
    }

    /// Accepts the items of those who wait to put, as long as there is room.
    #[inline]
    fn refill(&self) {
        while self.has_room() {
            let Some(item) = self.take_from_hand() else {
                return self.room_watchers.wake_all();
            };
            self.deliver(item);
        }
    }

    pub(super) fn resize(&self, max: usize) {
        self.max.set(max);
        self.refill();
    }

    pub(super) fn shut_down(&self) {
        if !self.is_shut_down.replace(true) {
            self.getters.wake_all();
            // They stay in line until they run, since their items are still theirs.
            let putters = self.putters.map(|putter| putter.waiter.clone());
            putters.into_iter().for_each(|waiter| _ = waiter.wake());
            self.tell_of_item();
            self.room_watchers.wake_all();
        }
    }

    /// Drops all items.
    pub(super) fn clear(&self) {
        let store = self.store.take();
        self.n_items.set(self.n_items.get() - store.len());
        self.tasks.remove(store.len());
        drop(store);
    }

    /// Whether an item can be taken without waiting.
    pub(super) fn has_item(&self) -> bool {
        self.n_items.get() > 0 || !self.putters.is_empty()
    }

    /// Whether an item can be put without waiting.
    pub(super) fn would_accept(&self) -> bool {
        self.has_room() || !self.getters.is_empty()
    }

    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.n_items.get() < self.max.get()
    }

    pub(super) fn n_items(&self) -> usize {
        self.n_items.get()
    }

    pub(super) fn max(&self) -> usize {
        self.max.get()
    }

    pub(super) fn n_getters(&self) -> usize {
        self.getters.len()
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.is_shut_down.get()
    }
}

/// One who waits to put, with the item.
pub(super) struct Putter<T> {
    waiter: Waiter,
    pub(super) item: T,
}

impl<T> Waits for Putter<T> {
    fn is_waiting(&self) -> bool {
        self.waiter.is_waiting()
    }
}
