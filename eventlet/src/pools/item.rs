//! What one has of a pool: an item, until it is dropped.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::shelf::Shelf;

/// An item of a [`Pool`](super::Pool), put back when it is dropped: also by a panic, a kill or a
/// timeout. It can be sent on to another green thread.
///
/// An item that is not to be used again is to be [discarded](Item::discard).
///
/// # Examples
///
/// ```
/// use eventlet::pools::Pool;
///
/// let buffers = Pool::infallible(|| Vec::with_capacity(4096));
/// let Ok(mut buffer) = buffers.get();
/// buffer.extend_from_slice(b"hello");
/// drop(buffer);
/// assert_eq!(buffers.free(), 4);
/// ```
#[must_use = "an item that is dropped is put back at once"]
pub struct Item<T> {
    shelf: Rc<Shelf<T>>,
    /// Nothing only while it is taken apart.
    item: Option<T>,
}

impl<T> Item<T> {
    pub(super) fn new(shelf: Rc<Shelf<T>>, item: T) -> Self {
        Item { shelf, item: Some(item) }
    }

    /// Takes the item out of the pool for good. The pool may make another one in its place.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::infallible(|| "item");
    /// let Ok(item) = pool.get();
    /// assert_eq!(item.detach(), "item");
    /// assert_eq!(pool.len(), 0);
    /// ```
    pub fn detach(mut self) -> T {
        let item = self.item.take().expect("it is there until it is taken apart");
        drop(self.shelf.place());
        item
    }

    /// Drops the item instead of putting it back. Then the pool may make another one in its place.
    ///
    /// # Switching
    ///
    /// Switches if the item's destructor does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::infallible(|| "connection");
    /// let Ok(broken) = pool.get();
    /// broken.discard();
    /// assert_eq!((pool.len(), pool.free()), (0, 4));
    /// ```
    pub fn discard(mut self) {
        let item = self.item.take();
        let _place = self.shelf.place();
        drop(item);
    }
}

impl<T> Deref for Item<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.item.as_ref().expect("it is there until it is taken apart")
    }
}

impl<T> DerefMut for Item<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.item.as_mut().expect("it is there until it is taken apart")
    }
}

impl<T> Drop for Item<T> {
    fn drop(&mut self) {
        if let Some(item) = self.item.take() {
            self.shelf.put_back(item);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Item<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Item").field(&**self).finish()
    }
}
