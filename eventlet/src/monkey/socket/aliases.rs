//! Other names that the C library has for the same calls, some of them for programs that were compiled
//! to check their buffers (`_FORTIFY_SOURCE`).

use std::ffi::{c_int, c_void};

use libc::{size_t, sockaddr, socklen_t, ssize_t};

use super::connect::connect_socket;
use super::receive::{receive, receive_from};
use super::send::send_bytes;

patched! {
    /// `recv`, if the buffer is as long as it is said to be.
    [Socket] fn __recv_chk(
        fd: c_int,
        buffer: *mut c_void,
        length: size_t,
        room: size_t,
        flags: c_int,
    ) -> ssize_t => receive_checked;

    /// `recvfrom`, if the buffer is as long as it is said to be.
    [Socket] fn __recvfrom_chk(
        fd: c_int,
        buffer: *mut c_void,
        length: size_t,
        room: size_t,
        flags: c_int,
        address: *mut sockaddr,
        address_length: *mut socklen_t,
    ) -> ssize_t => receive_from_checked;

    /// `send`.
    [Socket] fn __send(fd: c_int, buffer: *const c_void, length: size_t, flags: c_int) -> ssize_t
        => send_bytes;

    /// `connect`.
    [Socket] fn __connect(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int
        => connect_socket;
}

unsafe fn receive_checked(
    fd: c_int,
    buffer: *mut c_void,
    length: size_t,
    room: size_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the caller keeps the contract of the C function, which ends the process if there is
    // less room.
    unsafe {
        match length > room {
            true => originals::__recv_chk(fd, buffer, length, room, flags),
            false => receive(fd, buffer, length, flags),
        }
    }
}

unsafe fn receive_from_checked(
    fd: c_int,
    buffer: *mut c_void,
    length: size_t,
    room: size_t,
    flags: c_int,
    address: *mut sockaddr,
    address_length: *mut socklen_t,
) -> ssize_t {
    // SAFETY: as above.
    unsafe {
        match length > room {
            true => {
                originals::__recvfrom_chk(fd, buffer, length, room, flags, address, address_length)
            }
            false => receive_from(fd, buffer, length, flags, address, address_length),
        }
    }
}
