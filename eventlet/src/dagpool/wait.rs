//! Waiting for keys.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::rc::Weak;
use std::time::{Duration, Instant};

use super::DAGPool;
use super::failure::PropagateError;
use super::node::Outcome;
use super::results::{WaitEach, collect};
use super::waiting::Waiting;
use crate::hub::{self, Hub, Time};

/// # Waiting
///
/// A key that nobody has spawned or posted is waited for, too. A green thread of the pool that waits
/// for its own key panics; that it waits here, and not for what it depends on, is not seen when
/// cycles are looked for.
impl<K, V> DAGPool<K, V>
where
    K: Clone + Eq + Hash + Debug + 'static,
    V: Clone + 'static,
{
    /// Waits for a key, and returns its value. Eventlet's `pool[key]`.
    ///
    /// # Errors
    ///
    /// Fails if the key has failed.
    ///
    /// # Panics
    ///
    /// Panics if the caller is the green thread of this key and has not posted it. Panics in the
    /// main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the key has ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::new();
    /// pool.spawn("answer", [], |_, _| Ok(42))?;
    /// assert_eq!(pool.get("answer")?, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "__getitem__")]
    pub fn get(&self, key: impl Borrow<K>) -> Result<V, PropagateError<K>> {
        self.get_until(key.borrow(), |_| Time::NEVER).expect("it is never given up")
    }

    /// The value of a key, or its failure, if it has ended. Eventlet's `get(key)`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// assert_eq!(pool.try_get("a").unwrap().unwrap(), 1);
    /// assert!(pool.try_get("b").is_none());
    /// ```
    pub fn try_get(&self, key: impl Borrow<K>) -> Option<Result<V, PropagateError<K>>> {
        let end = self.table.find(key.borrow())?.end()?;
        Some((*end.outcome).clone())
    }

    /// Like [`get`](DAGPool::get), for no longer than `limit`.
    ///
    /// # Switching
    ///
    /// Switches as `get` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let pool = eventlet::dagpool::DAGPool::<&str, i32>::new();
    /// assert!(pool.get_timeout("never", Duration::from_millis(1)).is_none());
    /// ```
    pub fn get_timeout(
        &self,
        key: impl Borrow<K>,
        limit: Duration,
    ) -> Option<Result<V, PropagateError<K>>> {
        self.get_until(key.borrow(), |hub| hub.deadline_in(limit))
    }

    /// Like [`get`](DAGPool::get), until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches as `get` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::<&str, i32>::new();
    /// assert!(pool.get_deadline("never", std::time::Instant::now()).is_none());
    /// ```
    pub fn get_deadline(
        &self,
        key: impl Borrow<K>,
        deadline: Instant,
    ) -> Option<Result<V, PropagateError<K>>> {
        self.get_until(key.borrow(), |hub| hub.deadline_at(deadline))
    }

    fn get_until(&self, key: &K, deadline: impl FnOnce(&Hub) -> Time) -> Option<Outcome<K, V>> {
        if let Some(outcome) = self.try_get(key) {
            return Some(outcome);
        }
        let waiting = self.waiting_for_each([key.clone()]);
        if !waiting.wait(hub::with(deadline)) {
            return None;
        }
        let arrival = waiting.take().expect("one key was waited for");
        Some((*arrival.outcome).clone())
    }

    /// Waits for all `keys`, and returns their values.
    ///
    /// # Errors
    ///
    /// Fails as soon as one of them has failed.
    ///
    /// # Panics
    ///
    /// Panics if the caller is the green thread of one of them, has not posted it, and all others
    /// have ended. Panics in the main context where the hub finds that nothing can ever end the
    /// wait.
    ///
    /// # Switching
    ///
    /// Switches unless all have ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1), ("b", 2), ("c", 3)]);
    /// let values = pool.wait(["a", "c"])?;
    /// assert_eq!(values["a"] + values["c"], 4);
    /// # Ok::<(), eventlet::dagpool::PropagateError<&str>>(())
    /// ```
    pub fn wait(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, V>, PropagateError<K>> {
        collect(&self.waiting_for_each(keys), Time::NEVER).expect("it is never given up")
    }

    /// Like [`wait`](DAGPool::wait), for no longer than `limit`.
    ///
    /// # Switching
    ///
    /// Switches as `wait` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// assert!(pool.wait_timeout(["a", "b"], Duration::from_millis(1)).is_none());
    /// ```
    pub fn wait_timeout(
        &self,
        keys: impl IntoIterator<Item = K>,
        limit: Duration,
    ) -> Option<Result<HashMap<K, V>, PropagateError<K>>> {
        collect(&self.waiting_for_each(keys), hub::with(|hub| hub.deadline_in(limit)))
    }

    /// Like [`wait`](DAGPool::wait), until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches as `wait` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// let values = pool.wait_deadline(["a"], std::time::Instant::now()).unwrap()?;
    /// assert_eq!(values["a"], 1);
    /// # Ok::<(), eventlet::dagpool::PropagateError<&str>>(())
    /// ```
    pub fn wait_deadline(
        &self,
        keys: impl IntoIterator<Item = K>,
        deadline: Instant,
    ) -> Option<Result<HashMap<K, V>, PropagateError<K>>> {
        collect(&self.waiting_for_each(keys), hub::with(|hub| hub.deadline_at(deadline)))
    }

    /// Waits for all keys that have been spawned or posted by now: [`wait`](DAGPool::wait) for
    /// [`known_keys`](DAGPool::known_keys).
    ///
    /// # Errors
    ///
    /// Fails as soon as one of them has failed; also if that was a kill, and the key has not been
    /// used anew.
    ///
    /// # Panics
    ///
    /// Panics if the caller is a green thread of the pool that has not posted its value, when all
    /// others have ended. Panics in the main context where the hub finds that nothing can ever end
    /// the wait.
    ///
    /// # Switching
    ///
    /// Switches unless all have ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([(1, 1)]);
    /// pool.spawn(2, [1], |_, needed| Ok(needed.wait_all()?[&1] + 1))?;
    /// assert_eq!(pool.wait_all()?[&2], 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "waitall")]
    pub fn wait_all(&self) -> Result<HashMap<K, V>, PropagateError<K>> {
        let waiting = Waiting::new(&self.table, Weak::new());
        self.table.known().into_iter().for_each(|node| waiting.add(node));
        waiting.awaited.begin();
        collect(&waiting, Time::NEVER).expect("it is never given up")
    }

    /// Waits for `keys` one after the other, in the order in which they end.
    ///
    /// For those that all [`known_keys`](DAGPool::known_keys) give, pass these. A limit on the whole
    /// is set by [`with_timeout`](crate::with_timeout), which loses nothing.
    ///
    /// # Panics
    ///
    /// `next` panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Never switches; the iterator does when it has to wait for the next key.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{dagpool::DAGPool, sleep};
    /// use std::time::Duration;
    ///
    /// let pool = DAGPool::new();
    /// for millis in [3, 1, 2] {
    ///     pool.spawn(millis, [], |millis, _| {
    ///         sleep(Duration::from_millis(millis * 10));
    ///         Ok("done")
    ///     })?;
    /// }
    /// let order: Vec<_> = pool.wait_each(pool.known_keys()).map(|(key, _)| key).collect();
    /// assert_eq!(order, [1, 2, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_each(&self, keys: impl IntoIterator<Item = K>) -> WaitEach<K, V> {
        WaitEach::new(self.waiting_for_each(keys))
    }

    /// Like [`wait_each`](DAGPool::wait_each), for those that end with a value.
    ///
    /// # Panics
    ///
    /// `next` panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Never switches; the iterator does when it has to wait for the next key.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// pool.post_error("b", "no luck").unwrap();
    /// let values: Vec<_> = pool.wait_each_success(["a", "b"]).collect();
    /// assert_eq!(values, [("a", 1)]);
    /// ```
    pub fn wait_each_success(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> impl Iterator<Item = (K, V)> {
        self.wait_each(keys).filter_map(|(key, result)| Some((key, result.ok()?)))
    }

    /// Like [`wait_each`](DAGPool::wait_each), for those that fail.
    ///
    /// # Panics
    ///
    /// `next` panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Never switches; the iterator does when it has to wait for the next key.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// pool.post_error("b", "no luck").unwrap();
    /// for (key, error) in pool.wait_each_error(["a", "b"]) {
    ///     assert_eq!((key, error.key()), ("b", &"b"));
    /// }
    /// ```
    #[doc(alias = "wait_each_exception")]
    pub fn wait_each_error(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> impl Iterator<Item = (K, PropagateError<K>)> {
        self.wait_each(keys).filter_map(|(key, result)| Some((key, result.err()?)))
    }

    fn waiting_for_each(&self, keys: impl IntoIterator<Item = K>) -> Waiting<K, V> {
        let waiting = Waiting::new(&self.table, Weak::new());
        keys.into_iter().for_each(|key| waiting.add(self.table.find_or_add(key)));
        waiting.awaited.begin();
        waiting
    }
}
