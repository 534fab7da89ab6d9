//! Ending a socket for everyone who waits on it.

use std::os::fd::{AsRawFd, BorrowedFd};

/// Shuts a socket down in both directions, which wakes whoever waits on it, in any thread. On
/// Linux that includes a listener.
pub(super) fn shut_down(socket: BorrowedFd<'_>) {
    // SAFETY: the descriptor is open for as long as it is borrowed. It fails for a socket that is
    // not connected, on which nobody waits.
    unsafe { libc::shutdown(socket.as_raw_fd(), libc::SHUT_RDWR) };
}
