//! Functions of the C library, as C programs call them.
#![allow(unsafe_code, reason = "C functions")]

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// What a C function has returned, or the error that it has left.
fn checked(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Reads from a descriptor that may have been closed.
pub fn read(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is as long as the call is told.
    checked(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

/// Writes to a descriptor that may have been closed.
pub fn write(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: there are as many bytes as the call is told.
    checked(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

/// Closes a descriptor, whoever has it.
pub fn close(fd: RawFd) -> io::Result<()> {
    // SAFETY: the tests that call it know whose the descriptor is.
    checked(unsafe { libc::close(fd) } as isize).map(|_| ())
}

/// Closes the descriptors from `first` to `last`.
pub fn close_range(first: RawFd, last: RawFd) -> io::Result<()> {
    // SAFETY: as above.
    checked(unsafe { libc::close_range(first as u32, last as u32, 0) } as isize).map(|_| ())
}

/// Gives a file a second descriptor, in the place of another one.
pub fn dup2(old: &impl AsRawFd, new: RawFd) -> io::Result<()> {
    // SAFETY: as above.
    checked(unsafe { libc::dup2(old.as_raw_fd(), new) } as isize).map(|_| ())
}

/// The number of the last error.
pub fn errno() -> c_int {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Sets the number of the last error.
pub fn set_errno(errno: c_int) {
    // SAFETY: the location is the thread's own.
    unsafe { *libc::__errno_location() = errno }
}

/// A counter that can be waited for.
pub fn eventfd(initial: u32) -> OwnedFd {
    // SAFETY: the call takes no pointers, and the descriptor is new.
    unsafe {
        let fd = libc::eventfd(initial, libc::EFD_CLOEXEC);
        assert!(fd >= 0, "{}", io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd)
    }
}

/// Closes a descriptor as the C library does in `fclose`: not by a function that could be patched.
pub fn close_unseen(fd: RawFd) {
    let file = c"r".as_ptr();
    // SAFETY: the descriptor belongs to nobody else; the stream is closed once.
    unsafe {
        let stream = libc::fdopen(fd, file);
        assert!(!stream.is_null() && libc::fclose(stream) == 0);
    }
}
