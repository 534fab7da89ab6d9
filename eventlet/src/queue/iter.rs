//! Queues as iterators, and from iterators.

use std::fmt;
use std::iter::FusedIterator;

use super::base::Base;
use super::store::Store;
use super::tasks::Count;

impl<T, S: Store<T>, C: Count> Base<T, S, C> {
    /// Takes the items one by one, waiting for each, until the queue is shut down and empty.
    ///
    /// A `for` loop over a reference to the queue does the same.
    ///
    /// # Panics
    ///
    /// `next` panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// `next` switches as [`get`](Base::get) does.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter([1, 2]);
    /// queue.shutdown();
    /// assert_eq!(queue.iter().sum::<i32>(), 3);
    /// ```
    pub fn iter(&self) -> Iter<'_, T, S, C> {
        Iter { queue: self }
    }
}

/// Takes the items of a queue one by one. Made by [`iter`](Base::iter).
///
/// # Examples
///
/// ```
/// let queue = eventlet::Queue::from_iter(["a", "b", "c"]);
/// let mut items = queue.iter();
/// assert_eq!(items.by_ref().take(2).collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(queue.len(), 1);
/// ```
#[must_use = "it takes nothing before it is asked for the next item"]
pub struct Iter<'a, T, S: Store<T>, C: Count> {
    queue: &'a Base<T, S, C>,
}

impl<T, S: Store<T>, C: Count> Iterator for Iter<'_, T, S, C> {
    type Item = T;

    #[inline(always)]
    fn next(&mut self) -> Option<T> {
        self.queue.get().ok()
    }
}

impl<T, S: Store<T>, C: Count> FusedIterator for Iter<'_, T, S, C> {}

impl<T, S: Store<T>, C: Count> fmt::Debug for Iter<'_, T, S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Iter").field(self.queue).finish()
    }
}

impl<'a, T, S: Store<T>, C: Count> IntoIterator for &'a Base<T, S, C> {
    type Item = T;
    type IntoIter = Iter<'a, T, S, C>;

    fn into_iter(self) -> Iter<'a, T, S, C> {
        self.iter()
    }
}

impl<T, S: Store<T>, C: Count> FromIterator<T> for Base<T, S, C> {
    /// A queue of any size that has these items to begin with. [`resize`](Base::resize) gives it a
    /// limit.
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let queue = Base::new(None);
        for item in items {
            queue.inner.offer(item).unwrap_or_else(|_| unreachable!("it has no limit"));
        }
        queue
    }
}
