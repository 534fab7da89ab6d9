//! The sending ends of a channel.

use std::fmt;
use std::sync::Arc;

use super::channel::Channel;
use super::waits::take_turns;
use super::{SendError, TrySendError};

/// The sending end of a channel of unlimited capacity; std's [`Sender`](std::sync::mpsc::Sender).
///
/// It can be cloned, shared, and sent to other OS threads.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// for n in 0..3 {
///     let sender = sender.clone();
///     std::thread::spawn(move || sender.send(n).unwrap());
/// }
/// drop(sender);
/// assert_eq!(receiver.iter().sum::<i32>(), 3);
/// ```
pub struct Sender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> Sender<T> {
    /// A sender that has been counted.
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        Sender { channel }
    }

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// Fails if there is no receiver any more, and gives the message back.
    ///
    /// # Switching
    ///
    /// Switches every so often if it is called again and again, so that the others run, too. If it
    /// is killed or timed out there, the message is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::channel;
    ///
    /// let (sender, receiver) = channel();
    /// sender.send(1).unwrap();
    /// drop(receiver);
    /// assert_eq!(sender.send(2).unwrap_err().0, 2);
    /// ```
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        take_turns();
        self.channel.send(t)
    }
}

/// The sending end of a channel of limited capacity; std's
/// [`SyncSender`](std::sync::mpsc::SyncSender).
///
/// It can be cloned, shared, and sent to other OS threads.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::sync_channel;
///
/// let (sender, receiver) = sync_channel(10);
/// eventlet::spawn(move || (0..100).for_each(|n| sender.send(n).unwrap()));
/// assert_eq!(receiver.iter().sum::<i32>(), 4950);
/// ```
pub struct SyncSender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> SyncSender<T> {
    /// A sender that has been counted.
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        SyncSender { channel }
    }

    /// Sends a message, waiting for room; with a bound of 0, until it has been received.
    ///
    /// # Errors
    ///
    /// Fails if there is no receiver any more, also if it goes away meanwhile, and gives the
    /// message back.
    ///
    /// # Switching
    ///
    /// Switches while there is no room, even while the caller unwinds, and every so often if there
    /// always is some, so that the others run, too. If it is killed or timed out there, the message
    /// is dropped, unless it has left in the same moment.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::sync_channel;
    ///
    /// let (sender, receiver) = sync_channel(0);
    /// let receiving = eventlet::spawn(move || receiver.recv());
    /// sender.send("from hand to hand").unwrap();
    /// assert_eq!(receiving.wait().unwrap(), Ok("from hand to hand"));
    /// ```
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        take_turns();
        self.channel.send(t)
    }

    /// Sends a message if there is room; with a bound of 0, if a receiver waits.
    ///
    /// # Errors
    ///
    /// Fails if there is no room, or no receiver any more, and gives the message back.
    ///
    /// # Switching
    ///
    /// Switches every so often if it is called again and again, so that the others run, too. If it
    /// is killed or timed out there, the message is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::{TrySendError, sync_channel};
    ///
    /// let (sender, receiver) = sync_channel(1);
    /// sender.try_send(1).unwrap();
    /// assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    /// drop(receiver);
    /// assert_eq!(sender.try_send(3), Err(TrySendError::Disconnected(3)));
    /// ```
    pub fn try_send(&self, t: T) -> Result<(), TrySendError<T>> {
        take_turns();
        self.channel.try_send(t)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.channel.add_sender();
        Sender { channel: self.channel.clone() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.channel.remove_sender();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        self.channel.add_sender();
        SyncSender { channel: self.channel.clone() }
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.channel.remove_sender();
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}
