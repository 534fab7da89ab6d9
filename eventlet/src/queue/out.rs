//! Looking at the items of a queue, where code of the items is called.
//!
//! Comparisons and clones may come back to their queue, panic, or wait. Meanwhile its store is out:
//! others find no item, and what is put goes to another store, which is appended afterwards.

use std::cell::Cell;
use std::mem;
use std::ops::{Deref, DerefMut};

use super::error::Empty;
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::hub::{self, Hub, Time};

impl<T, S: Store<T>, C: Count> Inner<T, S, C> {
    /// Takes the next item out of the store. It still counts.
    #[inline]
    pub(super) fn pop(&self) -> Option<T> {
        if S::COMPARES { self.take_out().pop() } else { self.store.borrow_mut().pop() }
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
            if self.is_shut_down() || !self.wait_to_peek(deadline) {
                return Err(Empty);
            }
        }
    }

    pub(super) fn try_peek(&self) -> Option<T>
    where
        T: Clone,
    {
        if self.n_items.get() == 0 { None } else { self.take_out().peek().cloned() }
    }

    fn take_out(&self) -> Out<'_, T, S, C> {
        Out { store: self.store.take(), inner: self }
    }

    fn put_back(&self, store: S) {
        let later = self.store.replace(store);
        if later.len() > 0 {
            self.store.borrow_mut().append(later);
        }
        if self.n_items.get() > 0 {
            self.tell_of_item();
        }
        if !self.getters.is_empty() && !self.is_serving.replace(true) {
            let _serving = Serving { flag: &self.is_serving };
            self.serve();
        }
    }

    /// Gives what is there to those who began to wait while the store was out. That takes it out
    /// again, but whoever puts it back meanwhile leaves the rest to this.
    #[cold]
    fn serve(&self) {
        while !self.getters.is_empty()
            && let Some(item) = self.take()
        {
            self.deliver(item);
        }
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

/// Ends the serving when it is dropped.
struct Serving<'a> {
    flag: &'a Cell<bool>,
}

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        self.flag.set(false);
    }
}
