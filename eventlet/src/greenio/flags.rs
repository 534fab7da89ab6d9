//! The status flags of a descriptor.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Whether the program has set a descriptor non-blocking.
pub(crate) fn is_nonblocking(fd: BorrowedFd<'_>) -> io::Result<bool> {
    Ok(status_flags(fd)? & libc::O_NONBLOCK != 0)
}

/// Sets a descriptor non-blocking, or blocking, and with it all that share its open file.
pub(super) fn set_nonblocking(fd: BorrowedFd<'_>, nonblocking: bool) -> io::Result<()> {
    let before = status_flags(fd)?;
    let flags = match nonblocking {
        true => before | libc::O_NONBLOCK,
        false => before & !libc::O_NONBLOCK,
    };
    // SAFETY: the descriptor is open for as long as it is borrowed, and the command takes a number.
    if flags != before && unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

pub(super) fn status_flags(fd: BorrowedFd<'_>) -> io::Result<libc::c_int> {
    // SAFETY: the descriptor is open for as long as it is borrowed; nothing is written.
    let flags = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) };
    if flags < 0 { Err(io::Error::last_os_error()) } else { Ok(flags) }
}
