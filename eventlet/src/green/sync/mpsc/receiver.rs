//! The receiving end of a channel.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use super::channel::Channel;
use super::waits::take_turns;
use super::{IntoIter, Iter, RecvError, RecvTimeoutError, TryIter, TryRecvError};
use crate::hub::{self, Hub, Time};

/// The receiving end of a channel; std's [`Receiver`](std::sync::mpsc::Receiver).
///
/// As in std it can be sent to other OS threads, but not shared with them. Several green threads of
/// one hub may share it, in an `Rc`: each message is received by one of them.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// let server = eventlet::spawn(move || receiver.iter().map(|text: &str| text.len()).sum::<usize>());
/// sender.send("four").unwrap();
/// sender.send("more").unwrap();
/// drop(sender);
/// assert_eq!(server.wait().unwrap(), 8);
/// ```
pub struct Receiver<T> {
    channel: Arc<Channel<T>>,
    /// Not to be shared between OS threads, as in std.
    _not_sync: PhantomData<Cell<()>>,
}

impl<T> Receiver<T> {
    pub(super) fn new(channel: Arc<Channel<T>>) -> Self {
        Receiver { channel, _not_sync: PhantomData }
    }

    /// Receives a message if there is one.
    ///
    /// # Errors
    ///
    /// Fails if there is no message at present, or there will be none, since there is no sender.
    ///
    /// # Switching
    ///
    /// Switches every so often if it is called again and again, so that the others run, too. If it
    /// is killed or timed out there, it has received nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::{TryRecvError, channel};
    ///
    /// let (sender, receiver) = channel();
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    /// sender.send(1).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    /// ```
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        take_turns();
        self.channel.try_receive()
    }

    /// Waits for a message.
    ///
    /// # Errors
    ///
    /// Fails when there is no message and no sender any more.
    ///
    /// # Switching
    ///
    /// Switches while there is no message, even while the caller unwinds, and every so often if
    /// there always is one, so that the others run, too. If it is killed or timed out, it has
    /// received nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::{RecvError, channel};
    ///
    /// let (sender, receiver) = channel();
    /// eventlet::spawn(move || sender.send(1));
    /// assert_eq!(receiver.recv(), Ok(1));
    /// assert_eq!(receiver.recv(), Err(RecvError));
    /// ```
    pub fn recv(&self) -> Result<T, RecvError> {
        take_turns();
        self.channel.receive(Time::NEVER).map_err(|_| RecvError)
    }

    /// Waits for a message, at most for `timeout`. A message that comes in the last moment wins.
    ///
    /// # Errors
    ///
    /// Fails when the time is up, and when there is no message and no sender any more.
    ///
    /// # Switching
    ///
    /// As [`recv`](Receiver::recv).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::green::sync::mpsc::{RecvTimeoutError, channel};
    ///
    /// let (sender, receiver) = channel();
    /// let late = receiver.recv_timeout(Duration::from_millis(1));
    /// assert_eq!(late, Err(RecvTimeoutError::Timeout));
    /// sender.send(1).unwrap();
    /// assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
    /// ```
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        take_turns();
        self.channel.receive(hub::with(Hub::now).after(timeout))
    }

    /// Messages as they come, until there is no sender any more.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does as [`recv`](Receiver::recv) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::channel;
    ///
    /// let (sender, receiver) = channel();
    /// eventlet::spawn(move || (0..3).for_each(|n| sender.send(n).unwrap()));
    /// assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1, 2]);
    /// ```
    pub fn iter(&self) -> Iter<'_, T> {
        Iter::new(self)
    }

    /// The messages that are there, without waiting for more.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does as [`try_recv`](Receiver::try_recv) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::mpsc::channel;
    ///
    /// let (sender, receiver) = channel();
    /// (0..3).for_each(|n| sender.send(n).unwrap());
    /// assert_eq!(receiver.try_iter().count(), 3);
    /// assert_eq!(receiver.try_iter().count(), 0);
    /// ```
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter::new(self)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.channel.remove_receiver();
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter::new(self)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

// Std's is, too: a panic leaves no channel half-changed.
impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}
