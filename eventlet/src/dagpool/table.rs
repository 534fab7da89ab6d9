//! All keys of a pool, and how they end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::ops::Deref;
use std::rc::Rc;

use super::failure::{Cause, PropagateError};
use super::node::{End, Node, Numbers, Outcome, Returned};
use crate::greenthread::Exit;

type Nodes<K, V, P> = RefCell<BTreeMap<P, Rc<Node<K, V>>>>;

/// What the handles of one pool share.
///
/// It looks keys up by their hashes, which are numbers, and compares keys while nothing is borrowed:
/// `Hash` and `Eq` are the user's code.
pub(super) struct Table<K, V> {
    /// All nodes, by hash and number: those of equal hash lie side by side.
    nodes: Nodes<K, V, (u64, u64)>,
    hasher: RandomState,
    /// Those that have a green thread, in the order in which they were spawned.
    pub(super) members: Nodes<K, V, u64>,
    /// Those that have ended, in the order in which they did.
    pub(super) ended: Nodes<K, V, u64>,
    pub(super) numbers: Numbers,
}

impl<K, V> Table<K, V> {
    pub(super) fn new() -> Self {
        let (nodes, hasher, members, ended, numbers) = Default::default();
        Table { nodes, hasher, members, ended, numbers }
    }

    /// Lets a node end, and tells those who wait for it, in order. An end that it had is replaced.
    pub(super) fn end(&self, node: &Rc<Node<K, V>>, outcome: Outcome<K, V>) {
        let (number, outcome) = (self.numbers.next(), Rc::new(outcome));
        let old = self.replace_end(node, Some(End { number, outcome: outcome.clone() }));
        for awaited in node.awaited_by.take().into_values() {
            awaited.arrive(node, &outcome);
        }
        // A value of the user's, dropped when all is done.
        drop(old);
    }

    pub(super) fn replace_end(
        &self,
        node: &Rc<Node<K, V>>,
        end: Option<End<K, V>>,
    ) -> Option<End<K, V>> {
        let number = end.as_ref().map(|end| end.number);
        let old = node.set_end(end);
        let mut ended = self.ended.borrow_mut();
        if let Some(old) = &old {
            ended.remove(&old.number);
        }
        if let Some(number) = number {
            ended.insert(number, node.clone());
        }
        old
    }

    /// Forgets a node that the caller is about to drop, if nobody has spawned or posted it and nobody
    /// else has to do with it.
    pub(super) fn let_go(&self, node: &Rc<Node<K, V>>) {
        let n_others = Rc::strong_count(node) - 1;
        if n_others == 1 && node.is_unknown() {
            // The key is the user's. It goes with `node`, while nothing is borrowed.
            self.nodes.borrow_mut().remove(&node.place);
        }
    }

    /// Those that have ended, in that order, and then the others that have a green thread.
    pub(super) fn known(&self) -> Vec<Rc<Node<K, V>>> {
        let mut known: Vec<_> = self.ended.borrow().values().cloned().collect();
        let members = self.members.borrow();
        known.extend(members.values().filter(|node| node.end().is_none()).cloned());
        known
    }
}

/// A node that is perhaps not known to anyone else. It is let go when this is dropped.
pub(super) struct Held<K, V> {
    table: Rc<Table<K, V>>,
    node: Rc<Node<K, V>>,
}

impl<K, V> Held<K, V> {
    pub(super) fn new(table: &Rc<Table<K, V>>, node: Rc<Node<K, V>>) -> Self {
        Held { table: table.clone(), node }
    }
}

impl<K, V> Deref for Held<K, V> {
    type Target = Rc<Node<K, V>>;

    fn deref(&self) -> &Rc<Node<K, V>> {
        &self.node
    }
}

impl<K, V> Drop for Held<K, V> {
    fn drop(&mut self) {
        self.table.let_go(&self.node);
    }
}

impl<K: Hash + Eq, V> Table<K, V> {
    pub(super) fn find(&self, key: &K) -> Option<Rc<Node<K, V>>> {
        self.find_among(self.hasher.hash_one(key), key)
    }

    fn find_among(&self, hash: u64, key: &K) -> Option<Rc<Node<K, V>>> {
        let mut number = 0;
        loop {
            let node = self.next_from((hash, number))?;
            if *node.key == *key {
                return Some(node);
            }
            number = node.number() + 1;
        }
    }

    /// The first node of the same hash from `place` on.
    fn next_from(&self, place: (u64, u64)) -> Option<Rc<Node<K, V>>> {
        let nodes = self.nodes.borrow();
        nodes.range(place..=(place.0, u64::MAX)).next().map(|(_, node)| node.clone())
    }

    pub(super) fn find_or_add(&self, key: K) -> Rc<Node<K, V>> {
        let hash = self.hasher.hash_one(&key);
        self.find_among(hash, &key).unwrap_or_else(|| {
            let place = (hash, self.numbers.next());
            let node = Rc::new(Node::new(key, place));
            self.nodes.borrow_mut().insert(place, node.clone());
            node
        })
    }
}

impl<K: Clone + std::fmt::Debug + 'static, V: 'static> Table<K, V> {
    /// The green thread of a node has ended: its result is the node's end, unless it has posted one
    /// itself.
    pub(super) fn member_has_ended(&self, node: &Rc<Node<K, V>>) {
        let Some(mut member) = node.member.take() else { return };
        let entry = self.members.borrow_mut().remove(&member.number);
        let result = member.thread.take_result().expect("links are called after the end");
        if node.end().is_none() {
            self.end(node, outcome(&node.key, result));
        }
        drop(entry);
    }
}

fn outcome<K, V>(key: &Rc<K>, result: Result<Returned<V>, Exit>) -> Outcome<K, V>
where
    K: Clone + std::fmt::Debug + 'static,
{
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(PropagateError::returned(key, error)),
        Err(exit) => Err(PropagateError::new(key, Cause::of_exit(exit))),
    }
}
