//! Counting what has been put and not been done.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::base::Base;
use super::error::Empty;
use super::store::Store;
use crate::hub::{self, Hub, Time};
use crate::waitlist::WaitList;

/// Whether a queue counts.
///
/// It is `pub` because the queues are generic over it; nobody outside can name it.
pub trait Count: Default {
    /// An item has been accepted.
    fn add(&self);

    /// So many will never be done.
    fn remove(&self, n: usize);
}

/// A queue that does not count.
#[derive(Default)]
pub struct Uncounted;

impl Count for Uncounted {
    #[inline]
    fn add(&self) {}

    fn remove(&self, _n: usize) {}
}

/// A queue whose items are tasks.
#[derive(Default)]
pub struct Tasks {
    ledger: Rc<Ledger>,
}

#[derive(Default)]
struct Ledger {
    n_unfinished: Cell<usize>,
    /// Those who wait until there are none.
    joiners: WaitList,
}

impl Count for Tasks {
    #[inline]
    fn add(&self) {
        self.ledger.n_unfinished.set(self.ledger.n_unfinished.get() + 1);
    }

    fn remove(&self, n: usize) {
        self.ledger.finish(n);
    }
}

impl Ledger {
    /// Counts at most as many as there are.
    fn finish(&self, n: usize) {
        let n_unfinished = self.n_unfinished.get().saturating_sub(n);
        self.n_unfinished.set(n_unfinished);
        if n_unfinished == 0 {
            self.joiners.wake_all();
        }
    }

    fn join(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        const WHAT: &str = "the tasks of a queue";
        self.n_unfinished.get() == 0
            || self.joiners.wait(WHAT, hub::with(deadline)).ready_or_raise()
    }
}

impl<T, S: Store<T>> Base<T, S, Tasks> {
    /// Takes the next item, waiting for it, as a task that is done when it is dropped: also if its
    /// green thread is killed, or panics, in the middle of it.
    ///
    /// # Errors
    ///
    /// Fails if the queue is shut down and empty.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches as [`get`](Base::get) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Queue, spawn};
    ///
    /// let queue = Queue::from_iter(["a", "b"]);
    /// let theirs = queue.clone();
    /// let worker = spawn(move || {
    ///     while let Ok(task) = theirs.get_task() {
    ///         assert!(!task.is_empty());
    ///     }
    /// });
    /// queue.join();
    /// worker.kill();
    /// ```
    #[inline(always)]
    pub fn get_task(&self) -> Result<Task<T>, Empty> {
        let item = self.get()?;
        Ok(Task { item, _duty: Duty { ledger: self.inner.tasks.ledger.clone() } })
    }

    /// Says that one item that was taken by [`get`](Base::get) is done.
    ///
    /// # Panics
    ///
    /// Panics if it is called more often than items were put.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter([1]);
    /// queue.get().unwrap();
    /// queue.task_done();
    /// queue.join();
    /// ```
    #[track_caller]
    pub fn task_done(&self) {
        let n_unfinished = self.unfinished();
        assert!(n_unfinished > 0, "task_done was called more often than items were put");
        self.inner.tasks.ledger.finish(1);
    }

    /// Waits until all items that were put are done. If there are none, it does not wait.
    ///
    /// It can be used again and again: each time it waits for the moment when nothing is left.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if something is left, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// eventlet::Queue::<i32>::new(None).join();
    /// ```
    pub fn join(&self) {
        self.inner.tasks.ledger.join(|_| Time::NEVER);
    }

    /// Like [`join`](Base::join), for no longer than `limit`; says whether all is done.
    ///
    /// # Switching
    ///
    /// Switches as `join` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter([1]);
    /// assert!(!queue.join_timeout(std::time::Duration::from_millis(1)));
    /// ```
    pub fn join_timeout(&self, limit: Duration) -> bool {
        self.inner.tasks.ledger.join(|hub| hub.deadline_in(limit))
    }

    /// Like [`join`](Base::join), until `deadline`; says whether all is done.
    ///
    /// # Switching
    ///
    /// Switches as `join` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::<i32>::new(None);
    /// assert!(queue.join_deadline(std::time::Instant::now()));
    /// ```
    pub fn join_deadline(&self, deadline: Instant) -> bool {
        self.inner.tasks.ledger.join(|hub| hub.deadline_at(deadline))
    }

    /// How many items were put and are not done.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter([1, 2]);
    /// queue.get().unwrap();
    /// assert_eq!(queue.unfinished(), 2);
    /// ```
    #[doc(alias = "unfinished_tasks")]
    pub fn unfinished(&self) -> usize {
        self.inner.tasks.ledger.n_unfinished.get()
    }
}

/// An item of a queue that is done when this is dropped. Made by [`get_task`](Base::get_task).
///
/// # Examples
///
/// ```
/// let queue = eventlet::Queue::from_iter([7]);
/// let task = queue.get_task().unwrap();
/// assert_eq!((*task, queue.unfinished()), (7, 1));
/// drop(task);
/// assert_eq!(queue.unfinished(), 0);
/// ```
#[must_use = "a task that is dropped is done"]
pub struct Task<T> {
    item: T,
    /// Behind the item, so that it is dropped after it.
    _duty: Duty,
}

impl<T> Task<T> {
    /// The item. With that the task is done.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter([7]);
    /// assert_eq!(queue.get_task().unwrap().into_inner(), 7);
    /// queue.join();
    /// ```
    pub fn into_inner(self) -> T {
        self.item
    }
}

impl<T> Deref for Task<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T> DerefMut for Task<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.item
    }
}

impl<T: fmt::Debug> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Task").field(&self.item).finish()
    }
}

/// Says that a task is done when it is dropped.
struct Duty {
    ledger: Rc<Ledger>,
}

impl Drop for Duty {
    fn drop(&mut self) {
        self.ledger.finish(1);
    }
}
