//! The status flags of a descriptor.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Whether the program has set a descriptor non-blocking.
pub(crate) fn is_nonblocking(fd: BorrowedFd<'_>) -> io::Result<bool> {
    // SAFETY: the descriptor is open for as long as it is borrowed; nothing is written.
    let flags = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) };
    if flags < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(flags & libc::O_NONBLOCK != 0)
}
