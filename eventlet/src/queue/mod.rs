//! Queues between green threads of one hub.
//!
//! | queue | what is next | |
//! |---|---|---|
//! | [`Queue`] | the oldest item | counts tasks: [`join`](Base::join) waits until all are done |
//! | [`LightQueue`] | the oldest item | does not count |
//! | [`PriorityQueue`] | the smallest item, of equal ones the oldest | counts tasks |
//! | [`LifoQueue`] | the newest item | counts tasks |
//!
//! They differ in nothing else: [`Base`] says what all of them do. Between hubs and OS threads there
//! are the channels of [`green::sync::mpsc`](crate::green::sync::mpsc).

mod base;
mod error;
mod heap;
mod inner;
mod iter;
mod offer;
mod out;
mod put;
mod select;
mod state;
mod store;
mod take;
mod tasks;

pub use base::Base;
pub use error::{Empty, Full};
pub use iter::Iter;
pub use put::Put;
pub use tasks::Task;

/// A queue whose items are tasks: [`join`](Base::join) waits until all of them are done.
///
/// See [`Base`] for what queues do.
///
/// # Examples
///
/// ```
/// use eventlet::{Queue, spawn};
///
/// let (queue, results) = (Queue::new(Some(2)), Queue::new(None));
/// let (theirs, theirs_too) = (queue.clone(), results.clone());
/// let worker = spawn(move || {
///     for number in &theirs {
///         theirs_too.put(number * number).unwrap();
///         theirs.task_done();
///     }
/// });
/// for number in 1..=3 {
///     queue.put(number).unwrap();
/// }
/// queue.join();
/// queue.shutdown();
/// worker.wait().unwrap();
/// assert_eq!([results.get(), results.get(), results.get()], [Ok(1), Ok(4), Ok(9)]);
/// ```
#[doc(alias = "JoinableQueue")]
pub type Queue<T> = Base<T, store::Fifo<T>, tasks::Tasks>;

/// A queue without tasks: the lightest of them.
///
/// See [`Base`] for what queues do.
///
/// # Examples
///
/// ```
/// let queue = eventlet::LightQueue::new(None);
/// queue.put("news").unwrap();
/// assert_eq!(queue.get(), Ok("news"));
/// ```
#[doc(alias = "SimpleQueue")]
#[doc(alias = "Channel")]
#[doc(alias = "UnboundQueue")]
pub type LightQueue<T> = Base<T, store::Fifo<T>, tasks::Uncounted>;

/// A queue whose smallest item is next, and of equal ones the one that came first.
///
/// With [`Reverse`](std::cmp::Reverse) around the items it is the largest. Items are compared by
/// those who take one. If a comparison panics, no item is lost, but the order of those that are
/// there may be wrong. See [`Base`] for what queues do.
///
/// # Examples
///
/// ```
/// use eventlet::PriorityQueue;
///
/// let queue = PriorityQueue::from_iter([(2, "play"), (1, "work")]);
/// assert_eq!(queue.get(), Ok((1, "work")));
/// ```
pub type PriorityQueue<T> = Base<T, heap::Heap<T>, tasks::Tasks>;

/// A queue whose newest item is next.
///
/// See [`Base`] for what queues do.
///
/// # Examples
///
/// ```
/// let queue = eventlet::LifoQueue::from_iter([1, 2]);
/// assert_eq!(queue.get(), Ok(2));
/// ```
pub type LifoQueue<T> = Base<T, store::Lifo<T>, tasks::Tasks>;
