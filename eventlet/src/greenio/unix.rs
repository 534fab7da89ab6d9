//! Unix sockets where they need more than readiness.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixStream};

use super::connect::new_socket;
use super::pauses::Pauses;
use super::source::would_block;
use super::{Direction, Source};
use crate::hub::{self, Time};

/// Makes a stream and connects it, waiting as long as the listener's backlog is full.
///
/// `connect` is given the socket as one for datagrams: that is the type for which std has the
/// system's `connect` by itself, with all its forms of addresses, and std's types do not look at
/// the socket's kind.
pub(crate) fn connect_unix(
    mut connect: impl FnMut(&UnixDatagram) -> io::Result<()>,
) -> io::Result<UnixStream> {
    let socket = UnixDatagram::from(new_socket(libc::AF_UNIX)?);
    let mut pauses = Pauses::new(Time::NEVER);
    while let Err(error) = hub::as_library(|| connect(&socket)) {
        if !would_block(&error) {
            return Err(error);
        }
        pauses.pause()?;
    }
    Ok(OwnedFd::from(socket).into())
}

impl Source<UnixDatagram> {
    /// Sends a message to whom the socket need not be connected to, waiting as long as it would
    /// block. Its own descriptor says nothing about the receiver's queue.
    pub(crate) fn send_elsewhere(
        &self,
        mut send: impl FnMut(&UnixDatagram) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if !self.is_nonblocking() {
            hub::with(|hub| hub.count_io_call(false));
        }
        let mut pauses = None;
        loop {
            self.check_open()?;
            match hub::as_library(|| send(self.get())) {
                Err(error) if would_block(&error) && !self.is_nonblocking() => {
                    let deadline = || Pauses::new(self.deadline(Direction::Write));
                    if !pauses.get_or_insert_with(deadline).pause()? {
                        return Err(error);
                    }
                }
                done => return done,
            }
        }
    }

    /// Receives a message, waiting until there is one. Where the socket has been shut down there
    /// is none, which is `ended`; the system says so only to those who block.
    pub(crate) fn receive<R>(
        &self,
        mut receive: impl FnMut(&UnixDatagram) -> io::Result<R>,
        ended: impl Fn() -> io::Result<R>,
    ) -> io::Result<R> {
        self.wait_for(Direction::Read, |socket| match receive(socket) {
            Err(error) if would_block(&error) && !self.is_nonblocking() && is_shut(socket) => {
                self.check_open().and_then(|()| ended())
            }
            other => other,
        })
    }
}

/// Whether a socket has been shut down for reading.
#[cfg(target_os = "linux")]
fn is_shut(socket: &UnixDatagram) -> bool {
    let events = libc::POLLRDHUP;
    let mut request = [libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 }];
    hub::poll_now(&mut request).is_ok() && request[0].revents & libc::POLLRDHUP != 0
}

/// Elsewhere nobody is told "would block" then.
#[cfg(not(target_os = "linux"))]
fn is_shut(_: &UnixDatagram) -> bool {
    false
}
