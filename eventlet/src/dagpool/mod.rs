//! Green threads that depend on each other's results.
//!
//! A [`DAGPool`] is a pool whose green threads are held back not by their number, but by what they
//! need. It is Eventlet's `dagpool`, except that cycles are refused, that every end of a green thread
//! reaches those that depend on it, and that a kill works whatever the green thread does.

mod cycle;
mod error;
mod failure;
mod look;
mod node;
mod post;
mod results;
mod start;
mod table;
mod wait;
mod waiting;

use std::borrow::Borrow;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::rc::Rc;

pub use error::{Collision, SpawnError};
pub use failure::{Cause, PropagateError};
pub use results::{Results, WaitEach};

use table::Table;

/// Green threads with keys, each of which gets the results of others by theirs.
///
/// [`spawn`](DAGPool::spawn) names the keys that a green thread depends on. It begins at once, and
/// waits when it asks for what those keys give; what it returns is the value of its own key. So all
/// that can go on at the same time does, and the graph need not be written down anywhere. Values can
/// also be [posted](DAGPool::post) from outside, and anyone can wait for them.
///
/// A green thread that fails (by an error, a panic, a kill or a timeout) gives those that need it a
/// [`PropagateError`], which tells the way to where it began. Nobody waits for it in vain. What can
/// be waited for in vain is a key that nobody ever spawns or posts:
/// [`waiting_for_all`](DAGPool::waiting_for_all) shows who does.
///
/// Those who wait get what they wait for in the order in which it was completed, and are woken in
/// the order in which they began to wait. A clone is the same pool. It belongs to its OS thread;
/// dropping it ends none of its green threads.
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::DAGPool;
///
/// let pool = DAGPool::preload([("flour", 500), ("water", 350)]);
/// pool.spawn("bread", ["dough"], |_, needed| Ok(needed.wait_all()?["dough"] - 100))?;
/// pool.spawn("dough", ["flour", "water"], |_, needed| {
///     let mut grams = 0;
///     for ingredient in needed {
///         let (_key, value) = ingredient?;
///         grams += value;
///     }
///     Ok(grams)
/// })?;
/// assert_eq!(pool.get("bread")?, 750);
/// assert_eq!(pool.wait_all()?.len(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DAGPool<K, V> {
    table: Rc<Table<K, V>>,
}

impl<K, V> DAGPool<K, V>
where
    K: Clone + Eq + Hash + Debug + 'static,
    V: Clone + 'static,
{
    /// Makes a pool that knows no keys.
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
    /// let pool = DAGPool::new();
    /// pool.spawn("a", [], |_, _| Ok(1))?;
    /// assert_eq!(pool.get("a").unwrap(), 1);
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn new() -> Self {
        DAGPool { table: Rc::new(Table::new()) }
    }

    /// Makes a pool that has these values. Of several for the same key, the last one counts.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([(1, "one"), (2, "two")]);
    /// assert_eq!(pool.get(2).unwrap(), "two");
    /// ```
    pub fn preload(values: impl IntoIterator<Item = (K, V)>) -> Self {
        let pool = Self::new();
        for (key, value) in values {
            let node = pool.table.find_or_add(key);
            pool.table.end(&node, Ok(value));
        }
        pool
    }

    /// Kills the green thread of a key, if it has one; says whether it had.
    ///
    /// Those that wait for the key, or will ask for it, get a [`PropagateError`] that says
    /// [`Cause::Killed`], unless the green thread had posted its value. The key is free then: it can
    /// be spawned or posted anew, and whoever asks after that gets what comes of it.
    ///
    /// A green thread that catches the unwind, or waits in a destructor, is still there when this
    /// returns, and its key is not free before it has ended; see
    /// [`Handle::kill`](crate::Handle::kill).
    ///
    /// # Switching
    ///
    /// Switches to the green thread that is killed, unless it had not begun. It does not switch
    /// while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::{Cause, DAGPool};
    ///
    /// let pool = DAGPool::new();
    /// pool.spawn("a", ["never"], |_, needed| Ok(needed.wait_all()?["never"]))?;
    /// assert!(pool.kill("a"));
    /// assert!(matches!(pool.get("a").unwrap_err().cause(), Cause::Killed));
    ///
    /// pool.spawn("a", [], |_, _| Ok(1))?;
    /// assert_eq!(pool.get("a")?, 1);
    /// assert!(!pool.kill("a"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kill(&self, key: impl Borrow<K>) -> bool {
        let thread = self.table.find(key.borrow()).and_then(|node| node.thread());
        thread.as_ref().inspect(|thread| thread.kill()).is_some()
    }
}

impl<K, V> Default for DAGPool<K, V>
where
    K: Clone + Eq + Hash + Debug + 'static,
    V: Clone + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Clone for DAGPool<K, V> {
    /// The same pool.
    fn clone(&self) -> Self {
        DAGPool { table: self.table.clone() }
    }
}

impl<K, V> Debug for DAGPool<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_ended = self.table.ended.borrow().len();
        let n_running = self.table.members.borrow().len();
        f.debug_struct("DAGPool").field("ended", &n_ended).field("running", &n_running).finish()
    }
}
