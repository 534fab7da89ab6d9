//! What spawning and posting refuse.

use std::error::Error;
use std::fmt;

/// A green thread was not started: its key is taken, or it would have to wait for itself.
///
/// Nothing was started, and nothing else has changed.
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::DAGPool;
///
/// let pool = DAGPool::<&str, ()>::new();
/// pool.spawn("hen", ["egg"], |_, _| Ok(()))?;
/// assert!(pool.spawn("hen", [], |_, _| Ok(())).unwrap_err().is_collision());
///
/// let error = pool.spawn("egg", ["hen"], |_, _| Ok(())).unwrap_err();
/// assert!(error.is_cycle());
/// assert_eq!(error.path(), ["egg", "hen", "egg"]);
/// assert_eq!(error.to_string(), r#"a cycle: "egg" needs "hen", which needs "egg""#);
/// # pool.kill("hen");
/// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
/// ```
#[doc(alias = "Collision")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpawnError<K> {
    /// One key that is taken, or a cycle, from a key to the same key.
    path: Vec<K>,
}

impl<K> SpawnError<K> {
    pub(super) fn collision(key: K) -> Self {
        SpawnError { path: vec![key] }
    }

    pub(super) fn cycle(path: Vec<K>) -> Self {
        debug_assert!(path.len() > 1, "a cycle comes back");
        SpawnError { path }
    }

    /// Whether the key has a value, has failed, or has a green thread.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::preload([("a", 1)]);
    /// let error = pool.spawn("a", [], |_, _| Ok(2)).unwrap_err();
    /// assert!(error.is_collision());
    /// ```
    pub fn is_collision(&self) -> bool {
        self.path.len() == 1
    }

    /// Whether the green thread would, in the end, have to wait for itself.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::<&str, ()>::new();
    /// assert!(pool.spawn("a", ["a"], |_, _| Ok(())).unwrap_err().is_cycle());
    /// ```
    pub fn is_cycle(&self) -> bool {
        !self.is_collision()
    }

    /// The key that was refused.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::preload([("a", 1)]);
    /// assert_eq!(pool.spawn("a", [], |_, _| Ok(2)).unwrap_err().key(), &"a");
    /// ```
    pub fn key(&self) -> &K {
        &self.path[0]
    }

    /// The cycle: each key needs the next one, and the last is the first again. Of a collision it
    /// is the key alone.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::<&str, ()>::new();
    /// let error = pool.spawn("a", ["a"], |_, _| Ok(())).unwrap_err();
    /// assert_eq!(error.path(), ["a", "a"]);
    /// ```
    pub fn path(&self) -> &[K] {
        &self.path
    }
}

impl<K: fmt::Debug> fmt::Display for SpawnError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = &self.path[..] else { unreachable!("there is a key") };
        let [second, rest @ ..] = rest else {
            return write!(f, "the key {first:?} is taken; kill() frees one whose thread runs");
        };
        write!(f, "a cycle: {first:?} needs {second:?}")?;
        rest.iter().try_for_each(|key| write!(f, ", which needs {key:?}"))
    }
}

impl<K: fmt::Debug> Error for SpawnError<K> {}

/// A value was not posted: there is one, or a green thread is to make it.
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::DAGPool;
///
/// let pool = DAGPool::preload([("a", 1)]);
/// let collision = pool.post("a", 2).unwrap_err();
/// assert_eq!(collision.to_string(), r#"the key "a" is taken"#);
/// assert_eq!(collision.into_value(), 2);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Collision<K, V> {
    key: K,
    value: V,
}

impl<K, V> Collision<K, V> {
    pub(super) fn new(key: K, value: V) -> Self {
        Collision { key, value }
    }

    /// The key that is taken.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::preload([("a", 1)]);
    /// assert_eq!(pool.post("a", 2).unwrap_err().key(), &"a");
    /// ```
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The value that was not posted.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::preload([("a", 1)]);
    /// assert_eq!(pool.post("a", 2).unwrap_err().into_value(), 2);
    /// ```
    pub fn into_value(self) -> V {
        self.value
    }
}

impl<K: fmt::Debug, V> fmt::Display for Collision<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the key {:?} is taken", self.key)
    }
}

impl<K: fmt::Debug, V> fmt::Debug for Collision<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collision").field("key", &self.key).finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V> Error for Collision<K, V> {}
