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

use super::offer::Putter;
use super::store::Store;
use super::tasks::Count;
use crate::hub::Time;
use crate::select::Watcher;
use crate::waitlist::{Ticket, WaitList};

/// # Invariant
///
/// Nobody waits to get while there is an item in the store, and nobody waits to put while there is
/// room or someone waits to get. So whoever finds an item or room takes it, and passes nobody. While
/// items are out none is found, and who puts them back restores this.
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
    pub(super) max: Cell<usize>,
    pub(super) is_shut_down: Cell<bool>,
    /// Someone may wait for an item or to be told of one, or the queue is shut down: if not, an item
    /// is put without a look at the lines.
    pub(super) is_awaited: Cell<bool>,
    /// Someone may wait for room or to be told of it.
    pub(super) is_wanted: Cell<bool>,
    /// Someone hands items from the store to those who wait to get.
    pub(super) is_serving: Cell<bool>,
    /// What belongs to those who waited to get, were woken and have not run; with their ids.
    pub(super) given: RefCell<VecDeque<(u64, T)>>,
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
