//! What the system says about a descriptor. Asking leaves `errno` as it comes.

use std::ffi::{c_int, c_short};
use std::os::fd::RawFd;

use crate::hub::{self, Direction};

/// An option of a socket that is a number; none if it has none, as what is not a socket.
fn option(fd: RawFd, option: c_int) -> Option<c_int> {
    let mut value: c_int = 0;
    let mut length = size_of::<c_int>() as libc::socklen_t;
    // SAFETY: the buffer is a number, as long as the call is told.
    let status = unsafe {
        libc::getsockopt(fd, libc::SOL_SOCKET, option, (&raw mut value).cast(), &raw mut length)
    };
    (status == 0).then_some(value)
}

/// Whether it is a Unix socket.
pub(super) fn is_unix(fd: RawFd) -> bool {
    option(fd, libc::SO_DOMAIN) == Some(libc::AF_UNIX)
}

/// Whether it is a socket whose bytes have no boundaries.
pub(super) fn is_stream(fd: RawFd) -> bool {
    option(fd, libc::SO_TYPE) == Some(libc::SOCK_STREAM)
}

/// Whether it is a socket that is connected before it is used.
pub(super) fn has_connections(fd: RawFd) -> bool {
    matches!(option(fd, libc::SO_TYPE), Some(libc::SOCK_STREAM | libc::SOCK_SEQPACKET))
}

/// Whether it is a socket that connections can be accepted from.
pub(super) fn is_listening(fd: RawFd) -> bool {
    option(fd, libc::SO_ACCEPTCONN) == Some(1)
}

/// What there is to say about it at this moment: besides what the direction asks for, whether
/// something has ended, and whether there is an error.
pub(super) fn poll(fd: RawFd, direction: Direction) -> c_short {
    let events = match direction {
        Direction::Read => libc::POLLIN | libc::POLLRDHUP,
        Direction::Write => libc::POLLOUT,
    };
    let mut request = [libc::pollfd { fd, events, revents: 0 }];
    // What cannot be polled is taken for ready, and the next call says what is wrong.
    if hub::poll_now(&mut request).is_err() { events } else { request[0].revents }
}

/// Whether, by these events, nothing more can be received.
pub(super) fn has_ended(events: c_short) -> bool {
    events & (libc::POLLRDHUP | libc::POLLHUP) != 0
}

/// Whether an attempt would take an error away that only the next call should report: one that came
/// after a part was moved. (A Unix socket forgets it then, too.)
pub(super) fn would_take_error(fd: RawFd, direction: Direction) -> bool {
    let events = poll(fd, direction);
    events & libc::POLLERR != 0 && events & libc::POLLHUP != 0 && !is_unix(fd)
}
