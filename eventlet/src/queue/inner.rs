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
    /// Items are out to be compared or cloned. Until they are back nobody is given any, not even one
    /// that has come later.
    pub(super) is_out: Cell<bool>,
    /// Those that are out are to be dropped when they are back.
    pub(super) is_doomed: Cell<bool>,
    /// How many there may be.
    max: Cell<usize>,
    is_shut_down: Cell<bool>,
    /// Someone may wait for an item or to be told of one, or the queue is shut down: if not, an item
    /// is put without a look at the lines.
    is_awaited: Cell<bool>,
    /// Someone may wait for room or to be told of it.
    pub(super) is_wanted: Cell<bool>,
    /// Someone hands items from the store to those who wait to get.
    pub(super) is_serving: Cell<bool>,
    /// What belongs to those who waited to get, were woken and have not run; with their ids.
    given: RefCell<VecDeque<(u64, T)>>,
    /// Those who wait to get.
    pub(super) getters: WaitList,
    /// Those who wait to put, with their items.
    pub(super) putters: WaitList<Putter<T>>,
    /// Those who wait to look at an item.
    peekers: WaitList,
    /// Those who only want to know when there is an item.
    item_watchers: WaitList<Watcher>,
    /// Those who only want to know when there is room.
    room_watchers: WaitList<Watcher>,
    /// What has been put and not been done.
    pub(super) tasks: C,
}

const ITEM: &str = "an item of a queue";
const ROOM: &str = "room in a queue";

impl<T, S: Store<T>, C: Count> Inner<T, S, C> {
    pub(super) fn new(max: usize) -> Self {
        Inner {
            store: RefCell::default(),
            n_items: Cell::new(0),
            is_out: Cell::new(false),
            is_doomed: Cell::new(false),
            max: Cell::new(max),
            is_shut_down: Cell::new(false),
            is_awaited: Cell::new(false),
            is_wanted: Cell::new(false),
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

    pub(super) fn resize(&self, max: usize) {
        self.max.set(max);
        self.refill();
    }

    pub(super) fn shut_down(&self) {
        self.is_awaited.set(true);
        if !self.is_shut_down.replace(true) {
            if !self.is_out.get() {
                self.getters.wake_all();
            }
            // They stay in line until they run, since their items are still theirs.
            let putters = self.putters.map(|putter| putter.waiter.clone());
            putters.into_iter().for_each(|waiter| _ = waiter.wake());
            self.tell_of_item();
            self.room_watchers.wake_all();
        }
    }

    /// Takes all items out, for being dropped. Those that are out follow when they are back.
    pub(super) fn clear(&self) -> S {
        self.is_doomed.set(self.is_out.get());
        let store = self.store.take();
        self.n_items.set(self.n_items.get() - store.len());
        self.tasks.remove(store.len());
        store
    }

    /// Waits until there may be an item to look at.
    pub(super) fn wait_to_peek(&self, deadline: Time) -> bool {
        self.is_awaited.set(true);
        self.peekers.wait(ITEM, deadline).ready_or_raise()
    }

    pub(super) fn watch_items(&self, watcher: Watcher) -> Ticket {
        self.is_awaited.set(true);
        self.item_watchers.join(watcher)
    }

    pub(super) fn unwatch_items(&self, ticket: Ticket) {
        self.item_watchers.leave(ticket);
    }

    pub(super) fn watch_room(&self, watcher: Watcher) -> Ticket {
        self.is_wanted.set(true);
        self.room_watchers.join(watcher)
    }

    pub(super) fn unwatch_room(&self, ticket: Ticket) {
        self.room_watchers.leave(ticket);
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

    /// Whether who finds no item will not get one.
    pub(super) fn is_over(&self) -> bool {
        self.is_shut_down.get() && !self.is_out.get()
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.is_shut_down.get()
    }
}

#[cold]
fn find<T>(given: &mut VecDeque<(u64, T)>, id: u64) -> Option<(u64, T)> {
    let index = given.iter().position(|(owner, _)| *owner == id)?;
    given.remove(index)
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
