//! Waiting for several keys.
//!
//! ```text
//!   missing ──(a key ends: Awaited::arrive)──► arrived ──► take
//! ```
//!
//! What has arrived stays what it was, whatever happens to the key afterwards.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use super::node::{Node, Outcome};
use super::table::Table;
use crate::hub::{self, Hub, Time, Waiter};

/// What one waits for, as the nodes that are waited for know it.
pub(super) struct Awaited<K, V> {
    /// Where it stands among all that wait.
    number: u64,
    /// The node whose green thread waits; none if anybody else does.
    on_behalf_of: Weak<Node<K, V>>,
    /// Those that have not ended, by their numbers.
    missing: RefCell<BTreeMap<u64, Rc<Node<K, V>>>>,
    /// Those that have ended and have not been taken, in that order.
    arrived: RefCell<VecDeque<Arrival<K, V>>>,
    /// Whoever is parked until something arrives.
    waiter: Cell<Option<Waiter>>,
}

/// A key that has ended, and how.
pub(super) struct Arrival<K, V> {
    pub(super) node: Rc<Node<K, V>>,
    pub(super) outcome: Rc<Outcome<K, V>>,
}

/// The one who waits. Dropping it takes it out of all lines.
pub(super) struct Waiting<K, V> {
    table: Rc<Table<K, V>>,
    pub(super) awaited: Rc<Awaited<K, V>>,
}

impl<K, V> Waiting<K, V> {
    /// For nothing yet, on behalf of a node's green thread or of anybody.
    pub(super) fn new(table: &Rc<Table<K, V>>, on_behalf_of: Weak<Node<K, V>>) -> Self {
        let (missing, arrived, waiter) = Default::default();
        let number = table.numbers.next();
        let awaited = Rc::new(Awaited { number, on_behalf_of, missing, arrived, waiter });
        Waiting { table: table.clone(), awaited }
    }

    /// Notes that it is to wait for `node` too.
    pub(super) fn add(&self, node: Rc<Node<K, V>>) {
        self.awaited.missing.borrow_mut().entry(node.number()).or_insert(node);
    }

    /// Waits until something can be taken, or nothing more will come; says whether it was so before
    /// `deadline`. Raises what is thrown meanwhile.
    #[inline(always)]
    pub(super) fn wait(&self, deadline: Time) -> bool {
        while self.awaited.is_idle() {
            let waiter = hub::with(Hub::begin_wait);
            self.awaited.waiter.set(Some(waiter.clone()));
            let wake = hub::park(waiter, "a key of a DAGPool", deadline);
            drop(self.awaited.waiter.take());
            if !wake.ready_or_raise() {
                return false;
            }
        }
        true
    }

    /// Takes what arrived first.
    pub(super) fn take(&self) -> Option<Arrival<K, V>> {
        self.awaited.arrived.borrow_mut().pop_front()
    }

    /// Waits for something and takes it, if anything more will come.
    pub(super) fn next(&self) -> Option<Arrival<K, V>> {
        self.wait(Time::NEVER);
        self.take()
    }

    /// How many have not been taken.
    pub(super) fn len(&self) -> usize {
        self.awaited.n_missing() + self.awaited.arrived.borrow().len()
    }
}

impl<K, V> Drop for Waiting<K, V> {
    fn drop(&mut self) {
        for node in self.awaited.missing.take().into_values() {
            let left = node.awaited_by.borrow_mut().remove(&self.awaited.number);
            drop(left);
            self.table.let_go(&node);
        }
    }
}

impl<K, V> Awaited<K, V> {
    pub(super) fn missing(&self) -> Vec<Rc<Node<K, V>>> {
        self.missing.borrow().values().cloned().collect()
    }

    pub(super) fn n_missing(&self) -> usize {
        self.missing.borrow().len()
    }

    pub(super) fn on_behalf_of(&self) -> Option<Rc<Node<K, V>>> {
        self.on_behalf_of.upgrade()
    }

    /// Joins the lines of all that is missing. What has ended arrives at once, in order.
    pub(super) fn begin(self: &Rc<Self>) {
        let mut ended = Vec::new();
        for node in self.missing() {
            if let Some(end) = node.end() {
                self.missing.borrow_mut().remove(&node.number());
                ended.push((end.number, Arrival { node, outcome: end.outcome }));
            } else {
                node.awaited_by.borrow_mut().insert(self.number, self.clone());
            }
        }
        ended.sort_by_key(|(number, _)| *number);
        self.arrived.borrow_mut().extend(ended.into_iter().map(|(_, arrival)| arrival));
    }

    /// A node that was missing has ended.
    pub(super) fn arrive(&self, node: &Rc<Node<K, V>>, outcome: &Rc<Outcome<K, V>>) {
        self.missing.borrow_mut().remove(&node.number());
        let arrival = Arrival { node: node.clone(), outcome: outcome.clone() };
        self.arrived.borrow_mut().push_back(arrival);
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }

    /// Whether something is missing and nothing can be taken.
    fn is_idle(&self) -> bool {
        let missing = self.missing.borrow();
        let is_idle = !missing.is_empty() && self.arrived.borrow().is_empty();
        if is_idle && missing.len() == 1 {
            let is_current = missing.values().any(|node| node.is_current());
            assert!(!is_current, "a green thread of a DAGPool cannot wait for its own key");
        }
        is_idle
    }
}
