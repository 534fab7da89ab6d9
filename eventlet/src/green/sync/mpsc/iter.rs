//! A channel's messages one after another.

use super::Receiver;

/// Messages as they come; made by [`Receiver::iter`]. Std's [`Iter`](std::sync::mpsc::Iter).
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// sender.send(1).unwrap();
/// drop(sender);
/// let mut messages = receiver.iter();
/// assert_eq!((messages.next(), messages.next()), (Some(1), None));
/// ```
#[derive(Debug)]
pub struct Iter<'a, T: 'a> {
    receiver: &'a Receiver<T>,
}

/// The messages that are there; made by [`Receiver::try_iter`]. Std's
/// [`TryIter`](std::sync::mpsc::TryIter).
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// sender.send(1).unwrap();
/// let mut messages = receiver.try_iter();
/// assert_eq!((messages.next(), messages.next()), (Some(1), None));
/// ```
#[derive(Debug)]
pub struct TryIter<'a, T: 'a> {
    receiver: &'a Receiver<T>,
}

/// Messages as they come, with the receiver in it. Std's [`IntoIter`](std::sync::mpsc::IntoIter).
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// sender.send(1).unwrap();
/// drop(sender);
/// let mut messages = receiver.into_iter();
/// assert_eq!((messages.next(), messages.next()), (Some(1), None));
/// ```
#[derive(Debug)]
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<'a, T> Iter<'a, T> {
    pub(super) fn new(receiver: &'a Receiver<T>) -> Self {
        Iter { receiver }
    }
}

impl<'a, T> TryIter<'a, T> {
    pub(super) fn new(receiver: &'a Receiver<T>) -> Self {
        TryIter { receiver }
    }
}

impl<T> IntoIter<T> {
    pub(super) fn new(receiver: Receiver<T>) -> Self {
        IntoIter { receiver }
    }
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}
