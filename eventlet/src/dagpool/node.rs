//! What is known of one key.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::rc::Rc;

use super::failure::PropagateError;
use super::waiting::Awaited;
use crate::greenthread::{self, GreenThread, Handle};

/// A value, or why there is none.
pub(super) type Outcome<K, V> = Result<V, PropagateError<K>>;

/// What a green thread of the pool returns.
pub(super) type Returned<V> = Result<V, Box<dyn Error>>;

/// A key that someone has spawned, posted, or waits for.
pub(super) struct Node<K, V> {
    /// Shared with failures, so that to note one calls nothing of the user's.
    pub(super) key: Rc<K>,
    /// The key's hash, and a number of its own: where it is in the pool's table.
    pub(super) place: (u64, u64),
    /// The green thread that is to make the value, while it lives.
    pub(super) member: RefCell<Option<Member<K, V>>>,
    /// How it ended. There may be a member as well: one that has posted its own value.
    end: RefCell<Option<End<K, V>>>,
    /// Those who wait for the end, in the order in which they began.
    pub(super) awaited_by: RefCell<BTreeMap<u64, Rc<Awaited<K, V>>>>,
}

pub(super) struct Member<K, V> {
    pub(super) thread: GreenThread<Returned<V>>,
    /// The same, for killing it and for telling it from others.
    pub(super) handle: Handle,
    /// What it needs.
    pub(super) awaited: Rc<Awaited<K, V>>,
    /// Its place among the members.
    pub(super) number: u64,
}

pub(super) struct End<K, V> {
    /// Its place among the ends.
    pub(super) number: u64,
    /// Shared: values are the user's, and cloned while nothing is borrowed.
    pub(super) outcome: Rc<Outcome<K, V>>,
}

impl<K, V> Node<K, V> {
    pub(super) fn new(key: K, place: (u64, u64)) -> Self {
        let (member, end, awaited_by) = Default::default();
        Node { key: Rc::new(key), place, member, end, awaited_by }
    }

    /// A number that no other node of the pool has.
    pub(super) fn number(&self) -> u64 {
        self.place.1
    }

    pub(super) fn end(&self) -> Option<End<K, V>> {
        self.end.borrow().clone()
    }

    pub(super) fn set_end(&self, end: Option<End<K, V>>) -> Option<End<K, V>> {
        self.end.replace(end)
    }

    /// The green thread that is to make the value.
    pub(super) fn thread(&self) -> Option<Handle> {
        self.member.borrow().as_ref().map(|member| member.handle.clone())
    }

    /// Whether the caller is the green thread that is to make the value.
    pub(super) fn is_current(&self) -> bool {
        self.thread().is_some_and(|thread| thread == greenthread::current())
    }

    /// Whether a green thread that is not the caller is to make the value.
    pub(super) fn belongs_to_another(&self) -> bool {
        self.thread().is_some_and(|thread| thread != greenthread::current())
    }

    /// Whether it has ended with a value or a failure that is to stay. A kill frees the key.
    pub(super) fn has_lasting_end(&self) -> bool {
        let end = self.end.borrow();
        end.as_ref().is_some_and(|end| !matches!(&*end.outcome, Err(error) if error.is_kill()))
    }

    /// Whether nobody has spawned or posted it.
    pub(super) fn is_unknown(&self) -> bool {
        self.member.borrow().is_none() && self.end.borrow().is_none()
    }

    /// What its green thread needs and what has not ended.
    pub(super) fn needs(&self) -> Vec<Rc<Node<K, V>>> {
        let member = self.member.borrow();
        member.as_ref().map_or_else(Vec::new, |member| member.awaited.missing())
    }

    /// Whether its green thread needs something that has not ended.
    pub(super) fn is_waiting(&self) -> bool {
        self.member.borrow().as_ref().is_some_and(|member| member.awaited.n_missing() > 0)
    }

    /// The keys whose green threads need it.
    pub(super) fn needed_by(&self) -> Vec<Rc<Node<K, V>>> {
        let awaited_by = self.awaited_by.borrow();
        awaited_by.values().filter_map(|awaited| awaited.on_behalf_of()).collect()
    }
}

impl<K, V> Clone for End<K, V> {
    fn clone(&self) -> Self {
        End { number: self.number, outcome: self.outcome.clone() }
    }
}

/// Numbers of a pool, each one greater than those before.
#[derive(Default)]
pub(super) struct Numbers(Cell<u64>);

impl Numbers {
    pub(super) fn next(&self) -> u64 {
        let number = self.0.get();
        self.0.set(number + 1);
        number
    }
}
