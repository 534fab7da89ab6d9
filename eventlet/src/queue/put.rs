//! Putting an item, among the things that one waits for together.

use std::cell::Cell;
use std::fmt;

use super::base::Base;
use super::error::Full;
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::hub::Waiter;
use crate::select::{Select, Source, Waitable, Watcher};
use crate::waitlist::Ticket;

/// Putting an item into a queue, as one of the things that one waits for by
/// [`select!`](crate::select!).
///
/// It gives `Ok(())` when the item has been put, and gives it back in an error when the queue is
/// shut down. After that it never gets ready again. It is for one green thread at a time: another
/// that waits for the same one meanwhile does not stand in line.
///
/// # Examples
///
/// ```
/// use eventlet::queue::Put;
/// use eventlet::{Queue, select::after};
/// use std::time::Duration;
///
/// let full = Queue::new(Some(0));
/// let put = Put::new(&full, "news");
/// eventlet::select! {
///     result = put => panic!("nobody gets it: {result:?}"),
///     _ = after(Duration::from_millis(1)) => {}
/// }
/// assert_eq!(put.into_inner(), Some("news"));
/// ```
pub struct Put<'a, T> {
    queue: &'a dyn Room<T>,
    /// None while it waits in line, and when it has been put.
    item: Cell<Option<T>>,
    /// Its place in the line.
    ticket: Cell<Option<Ticket>>,
}

/// The ticket of one whose item is not in line on its behalf.
const NOWHERE: Ticket = Ticket::of(u64::MAX);

/// The end of a queue where items are put.
trait Room<T> {
    fn offer(&self, item: T) -> Result<(), Full<T>>;
    fn would_accept(&self) -> bool;
    fn is_shut_down(&self) -> bool;
    fn join(&self, waiter: Waiter, item: T) -> Ticket;
    fn leave(&self, ticket: Ticket) -> Option<T>;
    fn watch(&self, watcher: Watcher) -> Ticket;
    fn unwatch(&self, ticket: Ticket);
}

impl<T, S: Store<T>, C: Count> Room<T> for Inner<T, S, C> {
    fn offer(&self, item: T) -> Result<(), Full<T>> {
        self.offer(item)
    }

    fn would_accept(&self) -> bool {
        self.would_accept()
    }

    fn is_shut_down(&self) -> bool {
        self.is_shut_down()
    }

    fn join(&self, waiter: Waiter, item: T) -> Ticket {
        self.join_putters(waiter, item)
    }

    fn leave(&self, ticket: Ticket) -> Option<T> {
        self.putters.leave(ticket).map(|putter| putter.item)
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.watch_room(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.unwatch_room(ticket);
    }
}

impl<'a, T> Put<'a, T> {
    /// Makes a thing that puts `item` into `queue` when it is chosen.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Queue, queue::Put, select};
    ///
    /// let (left, right) = (Queue::new(Some(0)), Queue::new(Some(1)));
    /// let (to_left, to_right) = (Put::new(&left, "news"), Put::new(&right, "news"));
    /// select! {
    ///     _ = to_left => panic!("nobody is there to take it"),
    ///     result = to_right => result.unwrap(),
    /// }
    /// assert_eq!(right.get(), Ok("news"));
    /// ```
    pub fn new<S: Store<T>, C: Count>(queue: &'a Base<T, S, C>, item: T) -> Self {
        Put { queue: &*queue.inner, item: Cell::new(Some(item)), ticket: Cell::default() }
    }

    /// The item, if it was not put.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Queue, queue::Put, select};
    ///
    /// let queue = Queue::new(Some(1));
    /// let (first, second) = (Put::new(&queue, 1), Put::new(&queue, 2));
    /// select! {
    ///     result = first => result.unwrap(),
    ///     result = second => result.unwrap(),
    /// }
    /// assert_eq!((first.into_inner(), second.into_inner()), (None, Some(2)));
    /// ```
    pub fn into_inner(self) -> Option<T> {
        self.item.into_inner()
    }

    /// Takes the item out of the line, if it is still there.
    fn take_back(&self) {
        let item = self.ticket.take().and_then(|ticket| self.queue.leave(ticket));
        if item.is_some() {
            self.item.set(item);
        }
    }

    /// Whether there is nothing to put any more.
    fn is_used_up(&self) -> bool {
        let item = self.item.take();
        let is_used_up = item.is_none();
        self.item.set(item);
        is_used_up
    }
}

impl<T> Source for Put<'_, T> {
    fn reserve(&self) -> bool {
        let Some(item) = self.item.take() else { return false };
        let refused = self.queue.offer(item).err();
        let is_ready = refused.is_none() || self.queue.is_shut_down();
        self.item.set(refused.map(|Full(item)| item));
        is_ready
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        // The item may be in line already, for another green thread that shares this.
        let Some(item) = self.item.take() else { return NOWHERE };
        let ticket = self.queue.join(waiter, item);
        self.ticket.set(Some(ticket));
        ticket
    }

    fn leave(&self, ticket: Ticket) {
        if self.ticket.get() == Some(ticket) {
            self.take_back();
        }
    }

    fn is_ready(&self) -> bool {
        !self.is_used_up() && (self.queue.would_accept() || self.queue.is_shut_down())
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.queue.watch(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.queue.unwatch(ticket);
    }
}

impl<T> Waitable for Put<'_, T> {
    fn source(&self) -> &dyn Source {
        self
    }
}

impl<T> Select for Put<'_, T> {
    type Output = Result<(), Full<T>>;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Result<(), Full<T>> {
        self.take_back();
        self.item.take().map_or(Ok(()), |item| Err(Full(item)))
    }
}

impl<T> fmt::Debug for Put<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").field("is_used_up", &self.is_used_up()).finish_non_exhaustive()
    }
}
