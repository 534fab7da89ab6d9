//! Putting and getting.

use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::error::{Empty, Full};
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::hub::Time;

/// What all queues do. Use it by the names [`Queue`](super::Queue),
/// [`LightQueue`](super::LightQueue), [`PriorityQueue`](super::PriorityQueue) and
/// [`LifoQueue`](super::LifoQueue).
///
/// Those who wait, to get or to put, are served in the order they came, and nobody passes them: an
/// item that is put goes to the first one who waits for it, and when there is room, it goes to the
/// first one who waits for that. Who is killed or times out while waiting leaves the line without a
/// trace, and its turn goes to the next one.
///
/// A clone is the same queue. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::{LifoQueue, Queue};
///
/// let (queue, stack) = (Queue::from_iter([1, 2, 3]), LifoQueue::from_iter([1, 2, 3]));
/// queue.shutdown();
/// stack.shutdown();
/// assert_eq!(queue.iter().collect::<Vec<_>>(), [1, 2, 3]);
/// assert_eq!(stack.iter().collect::<Vec<_>>(), [3, 2, 1]);
/// ```
pub struct Base<T, S: Store<T>, C: Count> {
    pub(super) inner: Rc<Inner<T, S, C>>,
}

impl<T, S: Store<T>, C: Count> Base<T, S, C> {
    /// Makes a queue for at most `maxsize` items, or for any number.
    ///
    /// A queue for no item at all is a rendezvous: it is empty and full at once, and each put waits
    /// for a get.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{LightQueue, spawn};
    ///
    /// let meeting = LightQueue::new(Some(0));
    /// let theirs = meeting.clone();
    /// let other = spawn(move || theirs.get());
    /// meeting.put("hello").unwrap();
    /// assert_eq!(other.wait().unwrap(), Ok("hello"));
    /// ```
    pub fn new(maxsize: Option<usize>) -> Self {
        Base { inner: Rc::new(Inner::new(maxsize.unwrap_or(usize::MAX))) }
    }

    /// Puts an item, waiting for room.
    ///
    /// If its green thread is killed while it waits, the item is dropped.
    ///
    /// # Errors
    ///
    /// Gives the item back if the queue is [shut down](Base::shutdown).
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if there is no room and nobody waits to get, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::new(None);
    /// queue.put(1).unwrap();
    /// assert_eq!(queue.get(), Ok(1));
    /// ```
    #[inline(always)]
    pub fn put(&self, item: T) -> Result<(), Full<T>> {
        self.inner.put(item, |_| Time::NEVER)
    }

    /// Puts an item if there is room, or someone waits to get.
    ///
    /// # Errors
    ///
    /// Gives the item back if there is no room, or if the queue is [shut down](Base::shutdown).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::queue::Full;
    ///
    /// let queue = eventlet::Queue::new(Some(1));
    /// assert_eq!(queue.try_put("a"), Ok(()));
    /// assert_eq!(queue.try_put("b"), Err(Full("b")));
    /// ```
    #[doc(alias = "put_nowait")]
    #[inline]
    pub fn try_put(&self, item: T) -> Result<(), Full<T>> {
        self.inner.offer(item)
    }

    /// Like [`put`](Base::put), for no longer than `limit`.
    ///
    /// # Errors
    ///
    /// Gives the item back if there was no room for so long, or if the queue is
    /// [shut down](Base::shutdown).
    ///
    /// # Switching
    ///
    /// Switches as `put` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::queue::Full;
    /// use std::time::Duration;
    ///
    /// let queue = eventlet::Queue::new(Some(0));
    /// assert_eq!(queue.put_timeout("a", Duration::from_millis(1)), Err(Full("a")));
    /// ```
    #[inline]
    pub fn put_timeout(&self, item: T, limit: Duration) -> Result<(), Full<T>> {
        self.inner.put(item, |hub| hub.deadline_in(limit))
    }

    /// Like [`put`](Base::put), until `deadline`.
    ///
    /// # Errors
    ///
    /// Gives the item back if there was no room until then, or if the queue is
    /// [shut down](Base::shutdown).
    ///
    /// # Switching
    ///
    /// Switches as `put` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::new(Some(1));
    /// assert_eq!(queue.put_deadline("a", std::time::Instant::now()), Ok(()));
    /// ```
    #[inline]
    pub fn put_deadline(&self, item: T, deadline: Instant) -> Result<(), Full<T>> {
        self.inner.put(item, |hub| hub.deadline_at(deadline))
    }

    /// Takes the next item, waiting for it.
    ///
    /// # Errors
    ///
    /// Fails if the queue is [shut down](Base::shutdown) and empty.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if there is no item and nobody waits to put one, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::new(None);
    /// let theirs = queue.clone();
    /// eventlet::spawn(move || theirs.put("news"));
    /// assert_eq!(queue.get(), Ok("news"));
    /// ```
    #[inline(always)]
    pub fn get(&self) -> Result<T, Empty> {
        self.inner.get(|_| Time::NEVER)
    }

    /// Takes the next item if there is one, or if someone waits to put one.
    ///
    /// # Errors
    ///
    /// Fails if there is none.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::queue::Empty;
    ///
    /// let queue = eventlet::Queue::from_iter(["a"]);
    /// assert_eq!(queue.try_get(), Ok("a"));
    /// assert_eq!(queue.try_get(), Err(Empty));
    /// ```
    #[doc(alias = "get_nowait")]
    #[inline]
    pub fn try_get(&self) -> Result<T, Empty> {
        self.inner.take().ok_or(Empty)
    }

    /// Like [`get`](Base::get), for no longer than `limit`.
    ///
    /// # Errors
    ///
    /// Fails if there was no item for so long, or if the queue is [shut down](Base::shutdown) and
    /// empty.
    ///
    /// # Switching
    ///
    /// Switches as `get` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::queue::Empty;
    /// use std::time::Duration;
    ///
    /// let queue = eventlet::Queue::<i32>::new(None);
    /// assert_eq!(queue.get_timeout(Duration::from_millis(1)), Err(Empty));
    /// ```
    #[inline]
    pub fn get_timeout(&self, limit: Duration) -> Result<T, Empty> {
        self.inner.get(|hub| hub.deadline_in(limit))
    }

    /// Like [`get`](Base::get), until `deadline`.
    ///
    /// # Errors
    ///
    /// Fails if there was no item until then, or if the queue is [shut down](Base::shutdown) and
    /// empty.
    ///
    /// # Switching
    ///
    /// Switches as `get` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter(["a"]);
    /// assert_eq!(queue.get_deadline(std::time::Instant::now()), Ok("a"));
    /// ```
    #[inline]
    pub fn get_deadline(&self, deadline: Instant) -> Result<T, Empty> {
        self.inner.get(|hub| hub.deadline_at(deadline))
    }
}

/// Looking at the next item. In a rendezvous there is none: items go from hand to hand.
impl<T: Clone, S: Store<T>, C: Count> Base<T, S, C> {
    /// Clones the next item and leaves it there, waiting for it. Those who wait to get are served
    /// first.
    ///
    /// # Errors
    ///
    /// Fails if the queue is [shut down](Base::shutdown) and empty.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if the queue is empty, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter(["a", "b"]);
    /// assert_eq!(queue.peek(), Ok("a"));
    /// assert_eq!(queue.get(), Ok("a"));
    /// ```
    pub fn peek(&self) -> Result<T, Empty> {
        self.inner.peek(|_| Time::NEVER)
    }

    /// Clones the next item, if there is one, and leaves it there.
    ///
    /// # Errors
    ///
    /// Fails if there is none.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::queue::Empty;
    ///
    /// assert_eq!(eventlet::Queue::<i32>::new(None).try_peek(), Err(Empty));
    /// ```
    #[doc(alias = "peek_nowait")]
    pub fn try_peek(&self) -> Result<T, Empty> {
        self.inner.try_peek().ok_or(Empty)
    }

    /// Like [`peek`](Base::peek), for no longer than `limit`.
    ///
    /// # Errors
    ///
    /// Fails if there was no item for so long, or if the queue is [shut down](Base::shutdown) and
    /// empty.
    ///
    /// # Switching
    ///
    /// Switches as `peek` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let queue = eventlet::Queue::<i32>::new(None);
    /// assert!(queue.peek_timeout(Duration::from_millis(1)).is_err());
    /// ```
    pub fn peek_timeout(&self, limit: Duration) -> Result<T, Empty> {
        self.inner.peek(|hub| hub.deadline_in(limit))
    }

    /// Like [`peek`](Base::peek), until `deadline`.
    ///
    /// # Errors
    ///
    /// Fails if there was no item until then, or if the queue is [shut down](Base::shutdown) and
    /// empty.
    ///
    /// # Switching
    ///
    /// Switches as `peek` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter(["a"]);
    /// assert_eq!(queue.peek_deadline(std::time::Instant::now()), Ok("a"));
    /// ```
    pub fn peek_deadline(&self, deadline: Instant) -> Result<T, Empty> {
        self.inner.peek(|hub| hub.deadline_at(deadline))
    }
}

impl<T, S: Store<T>, C: Count> Default for Base<T, S, C> {
    /// An empty queue without a limit.
    fn default() -> Self {
        Base::new(None)
    }
}

impl<T, S: Store<T>, C: Count> Clone for Base<T, S, C> {
    /// The same queue.
    #[inline]
    fn clone(&self) -> Self {
        Base { inner: self.inner.clone() }
    }
}

impl<T, S: Store<T>, C: Count> fmt::Debug for Base<T, S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .field("maxsize", &self.maxsize())
            .field("getting", &self.getting())
            .field("putting", &self.putting())
            .field("is_shut_down", &self.is_shut_down())
            .finish()
    }
}
