//! Accepting. There is no way to ask for it without waiting: see [`door`](super::door).

use std::ffi::c_int;

use libc::{sockaddr, socklen_t};

use super::door;
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::wait::is_nonblocking;
use crate::monkey::{errno, facts};

patched! {
    /// Accepts a connection.
    [Socket] fn accept(fd: c_int, address: *mut sockaddr, length: *mut socklen_t) -> c_int
        => accept_one;

    /// Accepts a connection, with flags for its descriptor.
    [Socket] fn accept4(
        fd: c_int,
        address: *mut sockaddr,
        length: *mut socklen_t,
        flags: c_int,
    ) -> c_int => accept_with;
}

unsafe fn accept_one(fd: c_int, address: *mut sockaddr, length: *mut socklen_t) -> c_int {
    accept_by(fd, || {
        // SAFETY: the caller keeps the contract of the C function.
        unsafe { originals::accept(fd, address, length) }
    })
}

unsafe fn accept_with(
    fd: c_int,
    address: *mut sockaddr,
    length: *mut socklen_t,
    flags: c_int,
) -> c_int {
    let accept = || {
        // SAFETY: the caller keeps the contract of the C function.
        unsafe { originals::accept4(fd, address, length, flags) }
    };
    if flags & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC) != 0 {
        accept()
    } else {
        accept_by(fd, accept)
    }
}

fn accept_by(fd: c_int, accept: impl Fn() -> c_int) -> c_int {
    errno::kept_on_success(|| match is_nonblocking(fd) {
        true => accept(),
        false => accept_patiently(fd, &accept),
    })
}

fn accept_patiently(fd: c_int, accept: &impl Fn() -> c_int) -> c_int {
    let mut call = match Call::begin(fd, Direction::Read, false) {
        Ok(call) => call,
        Err(error) => return errno::fail(error),
    };
    if let Some(accepted) = door::accept_now(fd, accept) {
        return accepted;
    }
    // What the system says at once, whether or not there is a connection.
    if !facts::is_listening(fd) {
        return accept();
    }
    if let Err(error) = has_room(fd) {
        return errno::fail(error);
    }
    loop {
        if let Err(error) = call.wait() {
            return errno::fail(error);
        }
        if let Some(accepted) = door::accept_now(fd, accept) {
            return accepted;
        }
    }
}

/// Whether the process has room for one more descriptor: the system looks before it waits.
fn has_room(fd: c_int) -> Result<(), c_int> {
    // SAFETY: the command takes a number.
    let probe = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
    if probe < 0 {
        return Err(errno::get());
    }
    // SAFETY: the descriptor is new, and nobody else knows it.
    unsafe { libc::close(probe) };
    Ok(())
}
