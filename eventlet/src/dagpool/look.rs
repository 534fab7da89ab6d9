//! Looking at a pool: what has ended, what runs, who waits for what.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::hash::Hash;
use std::rc::Rc;

use super::DAGPool;
use super::failure::PropagateError;
use super::node::Node;

impl<K, V> DAGPool<K, V>
where
    K: Clone + Eq + Hash + Debug + 'static,
    V: Clone + 'static,
{
    /// The keys that have ended, with a value or a failure, in that order.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("b", 2), ("a", 1)]);
    /// assert_eq!(pool.keys(), ["b", "a"]);
    /// ```
    pub fn keys(&self) -> Vec<K> {
        keys_of(&self.ended())
    }

    /// The keys that have ended and how, in that order.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// for (key, result) in pool.items() {
    ///     assert_eq!((key, result.unwrap()), ("a", 1));
    /// }
    /// ```
    pub fn items(&self) -> Vec<(K, Result<V, PropagateError<K>>)> {
        let ended = self.ended();
        let item =
            |node: &Rc<Node<K, V>>| Some(((*node.key).clone(), (*node.end()?.outcome).clone()));
        ended.iter().filter_map(item).collect()
    }

    fn ended(&self) -> Vec<Rc<Node<K, V>>> {
        self.table.ended.borrow().values().cloned().collect()
    }

    /// All keys that have been spawned or posted: those that have ended, in that order, and then
    /// those whose green threads are to end, as they were spawned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// pool.spawn("b", ["a", "c"], |_, needed| Ok(needed.len() as i32))?;
    /// assert_eq!(pool.known_keys(), ["a", "b"]);
    /// # pool.wait_all().unwrap();
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn known_keys(&self) -> Vec<K> {
        keys_of(&self.table.known())
    }

    /// How many green threads there are, those that wait included.
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
    /// assert_eq!(pool.running(), 1);
    /// pool.wait_all().unwrap();
    /// assert_eq!(pool.running(), 0);
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn running(&self) -> usize {
        self.table.members.borrow().len()
    }

    /// The keys that have a green thread, those that wait included, in the order in which they were
    /// spawned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::new();
    /// pool.spawn("a", [], |_, _| Ok(()))?;
    /// assert_eq!((pool.running(), pool.running_keys()), (1, vec!["a"]));
    /// pool.wait_all().unwrap();
    /// assert_eq!(pool.running(), 0);
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn running_keys(&self) -> Vec<K> {
        keys_of(&self.members())
    }

    fn members(&self) -> Vec<Rc<Node<K, V>>> {
        self.table.members.borrow().values().cloned().collect()
    }

    /// How many green threads need keys that have not ended. Who waits from outside is not counted.
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
    /// pool.spawn("b", ["a"], |_, needed| Ok(needed.wait_all()?["a"] + 1))?;
    /// assert_eq!(pool.waiting(), 1);
    /// pool.post("a", 1).unwrap();
    /// assert_eq!(pool.waiting(), 0);
    /// # pool.wait_all().unwrap();
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn waiting(&self) -> usize {
        self.table.members.borrow().values().filter(|node| node.is_waiting()).count()
    }

    /// The keys that the green thread of `key` needs and that have not ended; none of a key that has
    /// ended or needs nothing. `None` means that nobody has spawned or posted it.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::HashSet;
    ///
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// pool.spawn("c", ["a", "b"], |_, needed| Ok(needed.wait_all()?["b"]))?;
    /// assert_eq!(pool.waiting_for("c"), Some(HashSet::from(["b"])));
    /// assert_eq!(pool.waiting_for("a"), Some(HashSet::new()));
    /// assert_eq!(pool.waiting_for("b"), None);
    /// # pool.kill("c");
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn waiting_for(&self, key: impl Borrow<K>) -> Option<HashSet<K>> {
        let node = self.table.find(key.borrow()).filter(|node| !node.is_unknown())?;
        Some(needs_of(&node))
    }

    /// Who waits for what: the keys whose green threads need keys that have not ended, and these.
    ///
    /// It shows what holds a pool up that makes no progress.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::<&str, i32>::new();
    /// pool.spawn("a", ["never"], |_, needed| Ok(needed.wait_all()?["never"]))?;
    /// assert!(pool.waiting_for_all()["a"].contains("never"));
    /// # pool.kill("a");
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn waiting_for_all(&self) -> HashMap<K, HashSet<K>> {
        let members = self.members();
        let waiting = members.iter().map(|node| ((*node.key).clone(), needs_of(node)));
        waiting.filter(|(_, needs)| !needs.is_empty()).collect()
    }
}

fn keys_of<K: Clone, V>(nodes: &[Rc<Node<K, V>>]) -> Vec<K> {
    nodes.iter().map(|node| (*node.key).clone()).collect()
}

fn needs_of<K: Clone + Eq + Hash, V>(node: &Node<K, V>) -> HashSet<K> {
    node.needs().iter().map(|node| (*node.key).clone()).collect()
}
