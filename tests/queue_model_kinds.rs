//! The kinds of queues as one, and items for them.

use std::cmp::Ordering;
use std::rc::Rc;

use eventlet::queue::{Empty, Full, Put};
use eventlet::select::Select;
use eventlet::{LifoQueue, LightQueue, PriorityQueue, Queue};
use eventlet_tests::ms;

use crate::queue_model_truth::Plain;

/// An item that is compared by its rank alone, and counted.
#[derive(Clone)]
pub struct Item {
    pub plain: Plain,
    _witness: Rc<()>,
}

impl Item {
    /// There is one more reference to `witness` as long as there is this item.
    pub fn new(plain: Plain, witness: &Rc<()>) -> Self {
        Item { plain, _witness: witness.clone() }
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        self.plain.0.cmp(&other.plain.0)
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Item {}

/// What all kinds of queues can do, for a test of all of them.
pub trait AnyQueue: Select<Output = Result<Item, Empty>> + Clone + 'static {
    fn unlimited() -> Self;
    fn putting_of(&self, item: Item) -> Put<'_, Item>;
    fn give(&self, item: Item, limit: Option<u64>) -> Result<(), Full<Item>>;
    fn fetch(&self, limit: Option<u64>) -> Result<Item, Empty>;
    fn try_give(&self, item: Item) -> Result<(), Full<Item>>;
    fn try_fetch(&self) -> Result<Item, Empty>;
    fn change(&self, max: Option<usize>);
    fn end(&self, is_now: bool);
    fn state(&self) -> State;
    /// None if it does not count.
    fn n_unfinished(&self) -> Option<usize>;
}

/// What can be seen of a queue.
#[derive(PartialEq, Debug)]
pub struct State {
    pub len: usize,
    pub is_full: bool,
    pub max: usize,
    pub next: Option<Plain>,
    pub getting: usize,
    pub putting: usize,
    pub is_shut_down: bool,
}

macro_rules! any_queue {
    ($Queue:ident, $n_unfinished:expr) => {
        impl AnyQueue for $Queue<Item> {
            fn unlimited() -> Self {
                $Queue::new(None)
            }

            fn putting_of(&self, item: Item) -> Put<'_, Item> {
                Put::new(self, item)
            }

            fn give(&self, item: Item, limit: Option<u64>) -> Result<(), Full<Item>> {
                match limit {
                    Some(limit) => self.put_timeout(item, ms(limit)),
                    None => self.put(item),
                }
            }

            fn fetch(&self, limit: Option<u64>) -> Result<Item, Empty> {
                limit.map_or_else(|| self.get(), |n| self.get_timeout(ms(n)))
            }

            fn try_give(&self, item: Item) -> Result<(), Full<Item>> {
                self.try_put(item)
            }

            fn try_fetch(&self) -> Result<Item, Empty> {
                self.try_get()
            }

            fn change(&self, max: Option<usize>) {
                self.resize(max);
            }

            fn end(&self, is_now: bool) {
                if is_now { self.shutdown_now() } else { self.shutdown() }
            }

            fn state(&self) -> State {
                assert_eq!(self.is_empty(), self.len() == 0);
                State {
                    len: self.len(),
                    is_full: self.is_full(),
                    max: self.maxsize().unwrap_or(usize::MAX),
                    next: self.try_peek().ok().map(|item| item.plain),
                    getting: self.getting(),
                    putting: self.putting(),
                    is_shut_down: self.is_shut_down(),
                }
            }

            fn n_unfinished(&self) -> Option<usize> {
                ($n_unfinished)(self)
            }
        }
    };
}

any_queue!(LightQueue, |_: &Self| None);
any_queue!(Queue, |queue: &Self| Some(queue.unfinished()));
any_queue!(PriorityQueue, |queue: &Self| Some(queue.unfinished()));
any_queue!(LifoQueue, |queue: &Self| Some(queue.unfinished()));
