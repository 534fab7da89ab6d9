//! Queues among the things that one waits for together.

use std::cell::Cell;
use std::fmt;

use super::base::Base;
use super::error::{Empty, Full};
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::hub::Waiter;
use crate::select::{Select, Source, Waitable, Watcher};
use crate::waitlist::Ticket;

impl<T, S: Store<T>, C: Count> Source for Inner<T, S, C> {
    fn reserve(&self) -> bool {
        Inner::reserve(self)
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        self.join_getters(waiter)
    }

    fn leave(&self, ticket: Ticket) {
        self.leave_getters(ticket);
    }

    fn is_ready(&self) -> bool {
        self.has_item() || self.is_shut_down()
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.item_watchers.join(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.item_watchers.leave(ticket);
    }
}

impl<T, S: Store<T>, C: Count> Waitable for Base<T, S, C> {
    fn source(&self) -> &dyn Source {
        &*self.inner
    }
}

impl<T, S: Store<T>, C: Count> Select for Base<T, S, C> {
    type Output = Result<T, Empty>;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Result<T, Empty> {
        self.inner.take_given()
    }
}

/// Putting an item into a queue, as one of the things that one waits for by
/// [`select!`](crate::select!).
///
/// It gives `Ok(())` when the item has been put, and gives it back in an error when the queue is
/// shut down. After that it never gets ready again.
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
pub struct Put<T, S: Store<T>, C: Count> {
    queue: Base<T, S, C>,
    /// None while it waits in line, and when it has been put.
    item: Cell<Option<T>>,
    /// Its place in the line.
    ticket: Cell<Option<Ticket>>,
}

impl<T, S: Store<T>, C: Count> Put<T, S, C> {
    /// Makes a thing that puts `item` into `queue` when it is chosen.
    pub fn new(queue: &Base<T, S, C>, item: T) -> Self {
        Put { queue: queue.clone(), item: Cell::new(Some(item)), ticket: Cell::default() }
    }

    /// The item, if it was not put.
    pub fn into_inner(self) -> Option<T> {
        self.item.into_inner()
    }

    /// Takes the item out of the line, if it is still there.
    fn take_back(&self) {
        let ticket = self.ticket.take();
        if let Some(putter) = ticket.and_then(|ticket| self.queue.inner.putters.leave(ticket)) {
            self.item.set(Some(putter.item));
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

impl<T, S: Store<T>, C: Count> Source for Put<T, S, C> {
    fn reserve(&self) -> bool {
        let Some(item) = self.item.take() else { return false };
        let refused = self.queue.inner.offer(item).err();
        let is_ready = refused.is_none() || self.queue.is_shut_down();
        self.item.set(refused.map(|Full(item)| item));
        is_ready
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        if let Some(item) = self.item.take() {
            self.ticket.set(Some(self.queue.inner.join_putters(waiter, item)));
        }
        Ticket::default()
    }

    fn leave(&self, _ticket: Ticket) {
        self.take_back();
    }

    fn is_ready(&self) -> bool {
        !self.is_used_up() && (self.queue.inner.would_accept() || self.queue.is_shut_down())
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.queue.inner.room_watchers.join(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.queue.inner.room_watchers.leave(ticket);
    }
}

impl<T, S: Store<T>, C: Count> Waitable for Put<T, S, C> {
    fn source(&self) -> &dyn Source {
        self
    }
}

impl<T, S: Store<T>, C: Count> Select for Put<T, S, C> {
    type Output = Result<(), Full<T>>;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Result<(), Full<T>> {
        self.take_back();
        self.item.take().map_or(Ok(()), |item| Err(Full(item)))
    }
}

impl<T, S: Store<T>, C: Count> fmt::Debug for Put<T, S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").field("queue", &self.queue).finish_non_exhaustive()
    }
}
