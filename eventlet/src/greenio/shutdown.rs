//! Ending a socket for everyone who waits on it.

use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd};

use super::{Direction, Source};

impl<S: AsFd> Source<S> {
    /// Shuts the socket down in one direction or in both, which wakes whoever waits there, on any
    /// duplicate and in any thread.
    ///
    /// Linux wakes who is blocked in a call, but of a Unix socket that was shut down for writing
    /// alone its poller says nothing.
    ///
    /// # Errors
    ///
    /// Fails as the system does, most often since the socket is not connected.
    pub(crate) fn shut_down(&self, how: Shutdown) -> io::Result<()> {
        let (how, directions): (_, &[_]) = match how {
            Shutdown::Read => (libc::SHUT_RD, &[Direction::Read]),
            Shutdown::Write => (libc::SHUT_WR, &[Direction::Write]),
            Shutdown::Both => (libc::SHUT_RDWR, &[Direction::Read, Direction::Write]),
        };
        // SAFETY: the descriptor is open for as long as the source lives, and the call takes plain
        // numbers.
        let answer = unsafe { libc::shutdown(self.get().as_fd().as_raw_fd(), how) };
        let done = if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) };
        self.stir(directions);
        done
    }

    /// Closes the socket and all its duplicates, short of giving the descriptors back: every call
    /// fails from now on, and whoever waits in one, in any thread, wakes.
    pub(crate) fn close(&self) {
        self.set_closed();
        // A socket that is not connected cannot be shut down; that it is closed is enough.
        let _ = self.shut_down(Shutdown::Both);
    }

    /// Fails if the socket has been closed by [`close`](Source::close).
    #[inline]
    pub(crate) fn check_open(&self) -> io::Result<()> {
        if self.is_closed() { Err(closed()) } else { Ok(()) }
    }
}

#[cold]
fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the socket was closed by a call of its `close`")
}
