//! Starting green threads: one, or many at once.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Debug;
use std::hash::Hash;
use std::iter;
use std::panic::Location;
use std::rc::Rc;

use super::error::SpawnError;
use super::node::{Member, Node, Returned};
use super::table::Held;
use super::waiting::{Awaited, Waiting};
use super::{DAGPool, Results, cycle};
use crate::greenthread::{Builder, GreenThread};

/// What is about to be started.
pub(super) struct New<K, V> {
    pub(super) node: Held<K, V>,
    /// What it needs.
    pub(super) waiting: Waiting<K, V>,
    /// For the green thread.
    key: K,
}

impl<K, V> DAGPool<K, V>
where
    K: Clone + Eq + Hash + Debug + 'static,
    V: Clone + 'static,
{
    /// Starts a green thread that makes the value of `key` out of the values of `depends`.
    ///
    /// `f` is given the key, and the [`Results`] of what it depends on, which need not have been
    /// spawned or posted yet. It begins when the caller next gives way, and waits when it takes
    /// something from the results. What it returns is the value of the key; an error becomes a
    /// [`PropagateError`](super::PropagateError) for those that ask for it. A `?` passes on what
    /// failed before, and any error of its own.
    ///
    /// # Errors
    ///
    /// Fails if the key has a value, a failure other than a kill, or a green thread, and if the green
    /// thread would have to wait for itself: `f` is dropped then, and nothing has changed.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
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
    /// pool.spawn("manifest", [], |_, _| Ok(std::fs::read_to_string("Cargo.toml")?))?;
    /// pool.spawn("length", ["manifest"], |_, needed| {
    ///     let values = needed.wait_all()?;
    ///     Ok(values["manifest"].len().to_string())
    /// })?;
    /// assert!(pool.get("length")?.parse::<usize>()? > 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn spawn<F>(
        &self,
        key: K,
        depends: impl IntoIterator<Item = K>,
        f: F,
    ) -> Result<(), SpawnError<K>>
    where
        F: FnOnce(K, Results<K, V>) -> Result<V, Box<dyn Error>> + 'static,
    {
        let new = self.allow(vec![self.prepare(key, depends)])?;
        self.start(new, iter::once(f));
        Ok(())
    }

    /// Starts a green thread for each key of `graph`, which says what it depends on. All of them
    /// run `f`.
    ///
    /// They begin in the order in which the graph names them.
    ///
    /// # Errors
    ///
    /// Fails if [`spawn`](DAGPool::spawn) would fail for one of them, or a key is named twice. Then
    /// none is started.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped. Then none is started either.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    /// use std::collections::HashMap;
    ///
    /// let graph = HashMap::from([("a", vec![]), ("b", vec!["a"]), ("c", vec!["a", "b"])]);
    /// let pool = DAGPool::new();
    /// pool.spawn_many(graph, |key, needed| {
    ///     let parts = needed.wait_all()?;
    ///     Ok(format!("{key}{}", parts.len()))
    /// })?;
    /// assert_eq!(pool.get("c")?, "c2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn spawn_many<D, F>(
        &self,
        graph: impl IntoIterator<Item = (K, D)>,
        f: F,
    ) -> Result<(), SpawnError<K>>
    where
        D: IntoIterator<Item = K>,
        F: Fn(K, Results<K, V>) -> Result<V, Box<dyn Error>> + 'static,
    {
        let new = graph.into_iter().map(|(key, depends)| self.prepare(key, depends)).collect();
        let new = self.allow(new)?;
        let f = Rc::new(f);
        let each = iter::repeat_with(|| {
            let f = f.clone();
            move |key, results| f(key, results)
        });
        self.start(new, each);
        Ok(())
    }

    /// Finds the nodes. All that is the user's is called here, before anything changes.
    fn prepare(&self, key: K, depends: impl IntoIterator<Item = K>) -> New<K, V> {
        let node = Held::new(&self.table, self.table.find_or_add(key.clone()));
        let waiting = Waiting::new(&self.table, Rc::downgrade(&node));
        for key in depends {
            waiting.add(self.table.find_or_add(key));
        }
        New { node, waiting, key }
    }

    /// Gives back what may be started.
    fn allow(&self, new: Vec<New<K, V>>) -> Result<Vec<New<K, V>>, SpawnError<K>> {
        let key_of = |node: &Rc<Node<K, V>>| (*node.key).clone();
        if let Some(node) = taken(&new) {
            return Err(SpawnError::collision(key_of(node)));
        }
        match cycle::find(&new) {
            Some(cycle) => Err(SpawnError::cycle(cycle.iter().map(key_of).collect())),
            None => Ok(new),
        }
    }

    #[track_caller]
    fn start<F>(&self, new: Vec<New<K, V>>, functions: impl Iterator<Item = F>)
    where
        F: FnOnce(K, Results<K, V>) -> Returned<V> + 'static,
    {
        let spawned_at = Location::caller();
        let mut started: Vec<Started<K, V>> = Vec::with_capacity(new.len());
        for (New { node, waiting, key }, f) in new.into_iter().zip(functions) {
            let awaited = waiting.awaited.clone();
            let results = Results::new(waiting);
            match Builder::new().spawn_for(spawned_at, move || f(key, results)) {
                Ok(thread) => started.push(Started { node, thread, awaited }),
                Err(error) => {
                    started.iter().for_each(|started| started.thread.kill());
                    panic!("spawn: {error}");
                }
            }
        }
        self.link(started);
    }

    /// Makes the pool know those that have been started. Nothing of the user's is called in here.
    fn link(&self, started: Vec<Started<K, V>>) {
        for Started { node, .. } in &started {
            // A kill, if anything.
            drop(self.table.replace_end(node, None));
        }
        for Started { node, thread, awaited } in started {
            awaited.begin();
            let (table, its_node) = (self.table.clone(), (*node).clone());
            thread.link(move |_| table.member_has_ended(&its_node));
            let number = self.table.numbers.next();
            self.table.members.borrow_mut().insert(number, (*node).clone());
            let handle = thread.handle();
            node.member.replace(Some(Member { thread, handle, awaited, number }));
        }
    }
}

/// A green thread that has been started for a node.
struct Started<K, V> {
    node: Held<K, V>,
    thread: GreenThread<Returned<V>>,
    awaited: Rc<Awaited<K, V>>,
}

/// A node that cannot be spawned, if there is one.
fn taken<K, V>(new: &[New<K, V>]) -> Option<&Rc<Node<K, V>>> {
    let mut named = HashSet::new();
    let mut nodes = new.iter().map(|new| &*new.node);
    nodes.find(|node| {
        let is_running = node.member.borrow().is_some();
        is_running || node.has_lasting_end() || !named.insert(node.number())
    })
}
