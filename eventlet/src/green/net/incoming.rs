//! Listeners as iterators.

use std::io;
use std::iter::FusedIterator;

use super::{TcpListener, TcpStream};
use crate::green::socket::next_of;

/// Goes through the connections that a listener accepts. Made by [`TcpListener::incoming`].
///
/// It waits for each connection as [`accept`](TcpListener::accept) does, and ends only when the
/// listener is closed by [`close`](TcpListener::close).
///
/// # Examples
///
/// ```
/// use eventlet::green::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// listener.close();
/// assert!(listener.incoming().next().is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Incoming<'a> {
    listener: &'a TcpListener,
}

/// Goes through the connections of a listener that it owns. Made by
/// [`TcpListener::into_incoming`].
///
/// # Examples
///
/// ```
/// use eventlet::green::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let _client = TcpStream::connect(listener.local_addr()?)?;
/// let mut connections = listener.into_incoming();
/// assert!(connections.next().is_some_and(|stream| stream.is_ok()));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct IntoIncoming {
    listener: TcpListener,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(listener: &'a TcpListener) -> Self {
        Incoming { listener }
    }
}

impl IntoIncoming {
    pub(super) fn new(listener: TcpListener) -> Self {
        IntoIncoming { listener }
    }
}

impl Iterator for Incoming<'_> {
    type Item = io::Result<TcpStream>;

    fn next(&mut self) -> Option<Self::Item> {
        next_of(self.listener.source(), self.listener.accept())
    }
}

impl Iterator for IntoIncoming {
    type Item = io::Result<TcpStream>;

    fn next(&mut self) -> Option<Self::Item> {
        next_of(self.listener.source(), self.listener.accept())
    }
}

impl FusedIterator for Incoming<'_> {}

impl FusedIterator for IntoIncoming {}
