//! What one takes the ends of keys from.

use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::iter::FusedIterator;

use super::failure::PropagateError;
use super::node::Outcome;
use super::waiting::{Arrival, Waiting};
use crate::hub::Time;

/// The values that a green thread of a [`DAGPool`](super::DAGPool) depends on, in the order in which
/// they were completed.
///
/// It waits for the next one, and ends when all have come. A value that was there before the green
/// thread was spawned comes as it was then, even if it has been replaced.
///
/// # Switching
///
/// [`next`](Iterator::next) switches if nothing is there that was not taken, even while the caller
/// unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::DAGPool;
///
/// let pool = DAGPool::preload([("a", 1), ("b", 2)]);
/// pool.spawn("sum", ["a", "b", "c"], |key, results| {
///     assert_eq!((key, results.len()), ("sum", 3));
///     let mut sum = 0;
///     for result in results {
///         let (_key, value) = result?;
///         sum += value;
///     }
///     Ok(sum)
/// })?;
/// pool.post("c", 3)?;
/// assert_eq!(pool.get("sum")?, 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "what a green thread needs is there when it has been taken from here"]
pub struct Results<K, V> {
    waiting: Waiting<K, V>,
}

impl<K, V> Results<K, V> {
    pub(super) fn new(waiting: Waiting<K, V>) -> Self {
        Results { waiting }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Results<K, V> {
    /// Waits for all that has not been taken, and returns it.
    ///
    /// # Errors
    ///
    /// Fails as soon as one of them has failed.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless all are there, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::preload([("a", 6), ("b", 7)]);
    /// pool.spawn("product", ["a", "b"], |_, results| {
    ///     let values = results.wait_all()?;
    ///     Ok(values["a"] * values["b"])
    /// })?;
    /// assert_eq!(pool.get("product")?, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_all(self) -> Outcome<K, HashMap<K, V>> {
        collect(&self.waiting, Time::NEVER).expect("it is never given up")
    }
}

/// Waits until all is there, something has failed, or `deadline` has passed.
pub(super) fn collect<K, V>(
    waiting: &Waiting<K, V>,
    deadline: Time,
) -> Option<Outcome<K, HashMap<K, V>>>
where
    K: Clone + Eq + Hash,
    V: Clone,
{
    let mut values = HashMap::with_capacity(waiting.len());
    while waiting.wait(deadline) {
        let Some(Arrival { node, outcome }) = waiting.take() else { return Some(Ok(values)) };
        match &*outcome {
            Ok(value) => values.insert((*node.key).clone(), value.clone()),
            Err(error) => return Some(Err(error.clone())),
        };
    }
    None
}

impl<K: Clone, V: Clone> Iterator for Results<K, V> {
    type Item = Outcome<K, (K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        let Arrival { node, outcome } = self.waiting.next()?;
        Some(match &*outcome {
            Ok(value) => Ok(((*node.key).clone(), value.clone())),
            Err(error) => Err(error.clone()),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.waiting.len(), Some(self.waiting.len()))
    }
}

impl<K: Clone, V: Clone> ExactSizeIterator for Results<K, V> {}
impl<K: Clone, V: Clone> FusedIterator for Results<K, V> {}

impl<K, V> Debug for Results<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results").field("left", &self.waiting.len()).finish()
    }
}

/// How keys end, in the order in which they do. Made by
/// [`DAGPool::wait_each`](super::DAGPool::wait_each).
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::DAGPool;
///
/// let pool = DAGPool::preload([("a", 1), ("b", 2)]);
/// let mut ends = pool.wait_each(["b", "a"]);
/// assert_eq!(ends.len(), 2);
/// let (key, value) = ends.next().unwrap();
/// assert_eq!((key, value.unwrap()), ("a", 1));
/// ```
#[must_use = "it waits when something is taken from it"]
pub struct WaitEach<K, V> {
    waiting: Waiting<K, V>,
}

impl<K, V> WaitEach<K, V> {
    pub(super) fn new(waiting: Waiting<K, V>) -> Self {
        WaitEach { waiting }
    }
}

impl<K: Clone, V: Clone> Iterator for WaitEach<K, V> {
    type Item = (K, Result<V, PropagateError<K>>);

    fn next(&mut self) -> Option<Self::Item> {
        let Arrival { node, outcome } = self.waiting.next()?;
        Some(((*node.key).clone(), (*outcome).clone()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.waiting.len(), Some(self.waiting.len()))
    }
}

impl<K: Clone, V: Clone> ExactSizeIterator for WaitEach<K, V> {}
impl<K: Clone, V: Clone> FusedIterator for WaitEach<K, V> {}

impl<K, V> Debug for WaitEach<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitEach").field("left", &self.waiting.len()).finish()
    }
}
