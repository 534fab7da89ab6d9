//! Writing.

use std::ffi::{c_int, c_void};

use libc::{iovec, size_t, ssize_t};

use super::at_once;
use super::buffers::Buffers;
use super::kind::{self, Kind};
use super::transfer::transfer;
use crate::hub::Direction;
use crate::monkey::errno;

patched! {
    /// Writes to a descriptor.
    [Os | Socket] fn write(fd: c_int, buffer: *const c_void, length: size_t) -> ssize_t
        => write_one;
    /// Writes to a descriptor from several buffers.
    [Os | Socket] fn writev(fd: c_int, buffers: *const iovec, n_buffers: c_int) -> ssize_t
        => write_several;
}

unsafe fn write_one(fd: c_int, buffer: *const c_void, length: size_t) -> ssize_t {
    if length == 0 && kind::look(fd) != Kind::Socket {
        // Some refuse that. `writev` would not ask them.
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::write(fd, buffer, length) };
    }
    let buffer = iovec { iov_base: buffer.cast_mut(), iov_len: length };
    // SAFETY: as above.
    write_any(fd, unsafe { Buffers::new(&raw const buffer, 1) })
}

unsafe fn write_several(fd: c_int, first: *const iovec, n_buffers: c_int) -> ssize_t {
    // SAFETY: the caller keeps the contract of the C function.
    let buffers = unsafe { Buffers::new(first, n_buffers) };
    if buffers.are_empty() {
        // Only `write` sends a message that is empty.
        return at_once::ordinary(fd, Direction::Write, buffers);
    }
    write_any(fd, buffers)
}

fn write_any(fd: c_int, buffers: Buffers) -> ssize_t {
    if is_standard(fd) {
        return at_once::ordinary(fd, Direction::Write, buffers);
    }
    errno::kept_on_success(|| transfer(fd, Direction::Write, buffers))
}

/// Standard output and standard error never make a green thread wait: std's `stdout` belongs to an OS
/// thread while it is written to, and another green thread that printed meanwhile would panic.
fn is_standard(fd: c_int) -> bool {
    fd == libc::STDOUT_FILENO || fd == libc::STDERR_FILENO
}
