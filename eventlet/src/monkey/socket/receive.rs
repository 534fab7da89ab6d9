//! Receiving.

use std::ffi::{c_int, c_void};

use libc::{size_t, ssize_t};

use crate::hub::Direction;
use crate::monkey::wait::socket_call;

patched! {
    /// Receives from a connected socket.
    [Socket] fn recv(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t
        => receive;
}

unsafe fn receive(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t {
    if flags & libc::MSG_DONTWAIT != 0 {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::recv(fd, buffer, length, flags) };
    }
    socket_call(fd, Direction::Read, || {
        // SAFETY: as above.
        unsafe { originals::recv(fd, buffer, length, flags | libc::MSG_DONTWAIT) }
    })
}
