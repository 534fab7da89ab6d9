//! Accepting. There is no way to ask for it without waiting: see [`door`](super::door).

use std::ffi::c_int;

use libc::{sockaddr, socklen_t};

use super::door::{accept_now, accept_outside};
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::wait::{is_nonblocking, without_wait};
use crate::monkey::{errno, facts, patches};
use crate::patcher::category::Category;

patched! {
    /// Accepts a connection.
    [Always] fn accept(fd: c_int, address: *mut sockaddr, length: *mut socklen_t) -> c_int
        => accept_one;

    /// Accepts a connection, with flags for its descriptor.
    [Always] fn accept4(
        fd: c_int,
        address: *mut sockaddr,
        length: *mut socklen_t,
        flags: c_int,
    ) -> c_int => accept_with;
}

unsafe fn accept_one(fd: c_int, address: *mut sockaddr, length: *mut socklen_t) -> c_int {
    accept_by(Accept { fd, address, length, flags: None })
}

unsafe fn accept_with(
    fd: c_int,
    address: *mut sockaddr,
    length: *mut socklen_t,
    flags: c_int,
) -> c_int {
    accept_by(Accept { fd, address, length, flags: Some(flags) })
}

/// What a caller wants, who keeps the contract of the C function.
#[derive(Clone, Copy)]
pub(super) struct Accept {
    pub(super) fd: c_int,
    pub(super) address: *mut sockaddr,
    pub(super) length: *mut socklen_t,
    /// None for the function that takes none.
    pub(super) flags: Option<c_int>,
}

impl Accept {
    pub(super) fn call(self) -> c_int {
        let Accept { fd, address, length, flags } = self;
        // SAFETY: the caller keeps the contract of the C function.
        unsafe {
            match flags {
                None => originals::accept(fd, address, length),
                Some(flags) => originals::accept4(fd, address, length, flags),
            }
        }
    }

    fn has_valid_flags(self) -> bool {
        self.flags.is_none_or(|flags| flags & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC) == 0)
    }
}

fn accept_by(accept: Accept) -> c_int {
    if !patches::apply(Category::Socket) {
        return accept_outside(accept);
    }
    errno::kept_on_success(|| {
        if is_nonblocking(accept.fd) || !accept.has_valid_flags() {
            without_wait(accept.fd, accept.call())
        } else {
            accept_patiently(accept)
        }
    })
}

fn accept_patiently(accept: Accept) -> c_int {
    let mut call = match Call::begin(accept.fd, Direction::Read, false) {
        Ok(call) => call,
        Err(error) => return errno::fail(error),
    };
    if let Some(accepted) = accept_now(accept) {
        return accepted;
    }
    // What the system says at once, whether or not there is a connection.
    if !facts::is_listening(accept.fd) {
        return accept.call();
    }
    if let Err(error) = has_room(accept.fd) {
        return errno::fail(error);
    }
    loop {
        if let Err(error) = call.wait() {
            return errno::fail(error);
        }
        if let Some(accepted) = accept_now(accept) {
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
