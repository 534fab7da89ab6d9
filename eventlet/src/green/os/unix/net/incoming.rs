//! Listeners as iterators.

use std::io;

use super::{UnixListener, UnixStream};
use crate::green::socket::next_of;

/// Goes through the connections that a listener accepts. Made by [`UnixListener::incoming`].
///
/// It waits for each connection as [`accept`](UnixListener::accept) does, and ends only when the
/// listener is closed by [`close`](UnixListener::close).
///
/// # Examples
///
/// ```
/// use eventlet::green::os::unix::net::UnixListener;
///
/// let path = std::env::temp_dir().join(format!("eventlet-doc-incoming-{}", std::process::id()));
/// let listener = UnixListener::bind(&path)?;
/// std::fs::remove_file(path)?;
/// listener.close();
/// assert!(listener.incoming().next().is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Incoming<'a> {
    listener: &'a UnixListener,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(listener: &'a UnixListener) -> Self {
        Incoming { listener }
    }
}

impl Iterator for Incoming<'_> {
    type Item = io::Result<UnixStream>;

    fn next(&mut self) -> Option<Self::Item> {
        next_of(self.listener.source(), self.listener.accept())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // As std says it: nobody knows.
        (usize::MAX, None)
    }
}
