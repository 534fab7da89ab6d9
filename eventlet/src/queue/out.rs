//! Looking at the items of a queue, where code of the items is called.
//!
//! Comparisons and clones may come back to their queue, panic, or wait. Meanwhile its store is out:
//! others find no item, and what is put goes to another store, which is appended afterwards.

use std::mem;
use std::ops::{Deref, DerefMut};

use super::error::Empty;
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::greenthread::contain;
use crate::hub::{self, Hub, Time};
use crate::unwind::{self, Payload};

impl<T, S: Store<T>, C: Count> Inner<T, S, C> {
    /// Takes the next item out of the store, if the store is there.
    #[inline]
    pub(super) fn pop(&self) -> Option<T> {
        if self.is_out.get() {
            return None;
        }
        if !S::COMPARES {
            return self.count_off(self.store.borrow_mut().pop());
        }
        let mut out = self.take_out();
        // Before the store is back: who is served then is not to count on it.
        let mut in_hand = InHand { item: self.count_off(out.pop()), inner: self };
        // Others are served, which may wait: who is killed meanwhile takes nothing.
        drop(out);
        in_hand.item.take()
    }

    /// Does not count an item any more that has left the store.
    #[inline]
    fn count_off(&self, item: Option<T>) -> Option<T> {
        self.n_items.set(self.n_items.get() - usize::from(item.is_some()));
        item
    }

    /// Clones the next item, waiting for it until `deadline`.
    pub(super) fn peek(&self, deadline: impl FnOnce(&Hub) -> Time) -> Result<T, Empty>
    where
        T: Clone,
    {
        let deadline = hub::with(deadline);
        loop {
            if let Some(item) = self.try_peek() {
                return Ok(item);
            }
            if self.is_over() || !self.wait_to_peek(deadline) {
                return Err(Empty);
            }
        }
    }

    pub(super) fn try_peek(&self) -> Option<T>
    where
        T: Clone,
    {
        let is_there = self.n_items.get() > 0 && !self.is_out.get();
        if is_there { self.take_out().peek().cloned() } else { None }
    }

    fn take_out(&self) -> Out<'_, T, S, C> {
        self.is_out.set(true);
        Out { store: self.store.take(), inner: self }
    }

    fn put_back(&self, store: S) {
        let later = self.store.replace(store);
        if later.len() > 0 {
            self.store.borrow_mut().append(later);
        }
        self.is_out.set(false);
        let doomed = self.is_doomed.get().then(|| self.clear());
        if self.n_items.get() > 0 || self.is_shut_down() {
            self.tell_of_item();
        }
        if self.is_wanted.get() {
            self.refill();
        }
        let mut thrown = None;
        if !self.getters.is_empty() && !self.is_serving.replace(true) {
            thrown = self.serve();
            self.is_serving.set(false);
        }
        let thrown = contain(|| drop(doomed)).or(thrown);
        if let Some(payload) = thrown {
            unwind::raise(payload);
        }
    }

    /// Gives what is there to those who began to wait while the store was out. That takes it out
    /// again, but whoever puts it back meanwhile leaves the rest to this. What was thrown at the
    /// caller meanwhile is returned.
    #[cold]
    fn serve(&self) -> Option<Payload> {
        let mut thrown = None;
        while !self.getters.is_empty() && self.has_item() {
            let mut item = None;
            thrown = contain(|| item = self.take()).or(thrown);
            // They are not to wait for ever because of a comparison that panics.
            if let Some(item) = item.or_else(|| self.take_any()) {
                self.deliver(item);
            }
        }
        if self.is_over() {
            self.getters.wake_all();
        }
        thrown
    }

    /// Takes an item without calling its code.
    fn take_any(&self) -> Option<T> {
        if self.n_items.get() == 0 {
            return self.take_from_hand();
        }
        let item = self.count_off(self.store.borrow_mut().pop_any());
        self.refill();
        item
    }
}

/// The store of a queue, out of it. It goes back when this is dropped.
struct Out<'a, T, S: Store<T>, C: Count> {
    store: S,
    inner: &'a Inner<T, S, C>,
}

impl<T, S: Store<T>, C: Count> Deref for Out<'_, T, S, C> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.store
    }
}

impl<T, S: Store<T>, C: Count> DerefMut for Out<'_, T, S, C> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.store
    }
}

impl<T, S: Store<T>, C: Count> Drop for Out<'_, T, S, C> {
    fn drop(&mut self) {
        self.inner.put_back(mem::take(&mut self.store));
    }
}

/// An item that has left the store. It is for others if this is dropped with it.
struct InHand<'a, T, S: Store<T>, C: Count> {
    item: Option<T>,
    inner: &'a Inner<T, S, C>,
}

impl<T, S: Store<T>, C: Count> Drop for InHand<'_, T, S, C> {
    fn drop(&mut self) {
        if let Some(item) = self.item.take() {
            self.inner.deliver(item);
        }
    }
}
