//! Channels with the names of [`std::sync::mpsc`], for green threads of any hub and OS threads.
//!
//! Where std blocks the OS thread, only the green thread waits, or, outside any, the main context,
//! which runs its hub meanwhile. Both ends may be in the same hub, in different ones, or on OS
//! threads that have no green threads at all. Messages arrive in the order they were sent, senders
//! that wait for room get it in the order they came, and nothing is lost when a receiver that waits
//! is killed or times out: whoever comes next gets the message. A sender that is killed while it
//! waits takes its message with it, unless that has left in the same moment.
//!
//! As the other end may be on any OS thread, a wait that nobody will end is not reported as a
//! deadlock.
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//! use eventlet::green::sync::mpsc;
//! use eventlet::hubs;
//!
//! let hub = hubs::spawn_hub()?;
//! let (sender, receiver) = mpsc::channel();
//! hub.spawn(move || (1..=3).for_each(|n| sender.send(n).unwrap()));
//! assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, 2, 3]);
//! hub.shutdown(Duration::from_secs(1));
//! # Ok::<(), std::io::Error>(())
//! ```

mod channel;
mod iter;
mod receiver;
mod sender;
mod waits;

pub use iter::{IntoIter, Iter, TryIter};
pub use receiver::Receiver;
pub use sender::{Sender, SyncSender};
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use channel::Channel;

/// Makes a channel of unlimited capacity: sending never waits. Std's
/// [`channel`](std::sync::mpsc::channel).
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// sender.send("hello").unwrap();
/// assert_eq!(receiver.recv(), Ok("hello"));
/// ```
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Channel::new(None);
    (Sender::new(channel.clone()), Receiver::new(channel))
}

/// Makes a channel that holds up to `bound` messages: sending waits for room. Std's
/// [`sync_channel`](std::sync::mpsc::sync_channel).
///
/// With a bound of 0 every message is handed over: sending waits until it has been received.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::sync_channel;
///
/// let (sender, receiver) = sync_channel(1);
/// eventlet::spawn(move || {
///     sender.send(1).unwrap();
///     // Waits until the first has been received.
///     sender.send(2).unwrap();
/// });
/// assert_eq!((receiver.recv(), receiver.recv()), (Ok(1), Ok(2)));
/// ```
#[must_use]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let channel = Channel::new(Some(bound));
    (SyncSender::new(channel.clone()), Receiver::new(channel))
}
