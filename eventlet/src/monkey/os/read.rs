//! Reading.

use std::ffi::{c_int, c_void};

use libc::{iovec, size_t, ssize_t};

use super::at_once;
use super::buffers::Buffers;
use super::transfer::transfer;
use crate::hub::Direction;
use crate::monkey::errno;

patched! {
    /// Reads from a descriptor.
    [Os | Socket] fn read(fd: c_int, buffer: *mut c_void, length: size_t) -> ssize_t => read_one;
    /// Reads from a descriptor into several buffers.
    [Os | Socket] fn readv(fd: c_int, buffers: *const iovec, n_buffers: c_int) -> ssize_t
        => read_several;
}

/// # Safety
///
/// As for the C function.
pub(super) unsafe fn read_one(fd: c_int, buffer: *mut c_void, length: size_t) -> ssize_t {
    if length == 0 {
        // Some refuse that. `readv` would not ask them.
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::read(fd, buffer, length) };
    }
    let buffer = iovec { iov_base: buffer, iov_len: length };
    // SAFETY: as above.
    unsafe { read_several(fd, &raw const buffer, 1) }
}

unsafe fn read_several(fd: c_int, first: *const iovec, n_buffers: c_int) -> ssize_t {
    // SAFETY: the caller keeps the contract of the C function.
    let buffers = unsafe { Buffers::new(first, n_buffers) };
    if buffers.are_empty() {
        // A socket would wait even for nothing, were it asked to receive.
        return at_once::ordinary(fd, Direction::Read, buffers);
    }
    errno::kept_on_success(|| transfer(fd, Direction::Read, buffers))
}
