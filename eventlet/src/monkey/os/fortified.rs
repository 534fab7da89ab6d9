//! What C programs call that were compiled to check their buffers (`_FORTIFY_SOURCE`).

use std::ffi::{c_int, c_void};

use libc::{size_t, ssize_t};

use super::read::read_one;

patched! {
    /// Reads from a descriptor, unless the buffer is too short.
    [Os | Socket] fn __read_chk(
        fd: c_int,
        buffer: *mut c_void,
        length: size_t,
        buffer_length: size_t,
    ) -> ssize_t => read_checked;
}

unsafe fn read_checked(
    fd: c_int,
    buffer: *mut c_void,
    length: size_t,
    buffer_length: size_t,
) -> ssize_t {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        if length > buffer_length {
            // It ends the process.
            originals::__read_chk(fd, buffer, length, buffer_length)
        } else {
            read_one(fd, buffer, length)
        }
    }
}
