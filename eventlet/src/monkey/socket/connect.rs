//! Connecting. There is no way to ask for it without waiting but by the mode of the descriptor, which is
//! non-blocking for the instant of the system call. Sockets are rarely shared before they are connected.

use std::ffi::c_int;
use std::os::fd::RawFd;

use libc::{sockaddr, socklen_t};

use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::wait::is_nonblocking;
use crate::monkey::{errno, facts};

patched! {
    /// Connects a socket.
    [Socket] fn connect(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int
        => connect_socket;
}

pub(super) unsafe fn connect_socket(
    fd: c_int,
    address: *const sockaddr,
    length: socklen_t,
) -> c_int {
    errno::kept_on_success(|| {
        // Others only note the address.
        let may_wait = facts::has_connections(fd) && !is_nonblocking(fd);
        // SAFETY: the caller keeps the contract of the C function.
        unsafe {
            match may_wait {
                true => connect_patiently(fd, address, length, 0),
                false => originals::connect(fd, address, length),
            }
        }
    })
}

/// Waits for a connection that has begun; for a blocking descriptor.
///
/// # Safety
///
/// As for `connect`.
pub(super) unsafe fn finish_connecting(
    fd: c_int,
    address: *const sockaddr,
    length: socklen_t,
) -> c_int {
    // SAFETY: the caller's.
    unsafe { connect_patiently(fd, address, length, libc::EINPROGRESS) }
}

/// Connects, or goes on connecting if the last attempt, perhaps another call's, has ended with this
/// error. The attempt that comes after a wait settles the matter, also for the system: it says whether
/// the connection has been made, and if not, the socket can be connected anew.
unsafe fn connect_patiently(
    fd: c_int,
    address: *const sockaddr,
    length: socklen_t,
    mut pending: c_int,
) -> c_int {
    let mut call = match Call::begin(fd, Direction::Write, false) {
        Ok(call) => call,
        Err(error) => return errno::fail(error),
    };
    loop {
        // SAFETY: the caller keeps the contract of the C function.
        let status = without_waiting(fd, || unsafe { originals::connect(fd, address, length) });
        if status == 0 {
            return 0;
        }
        let waited = match errno::get() {
            error @ (libc::EINPROGRESS | libc::EALREADY) => {
                if pending == 0 {
                    pending = error;
                }
                call.wait()
            }
            // The backlog of a Unix socket is full, and it does not say when it has room.
            libc::EAGAIN if facts::is_unix(fd) => call.pause(),
            // Another call has made the connection that this one has waited for.
            libc::EISCONN if pending != 0 => return 0,
            _ => return status,
        };
        match waited {
            Ok(_) => {}
            Err(libc::EAGAIN) if pending != 0 => return errno::fail(pending),
            Err(error) => return errno::fail(error),
        }
    }
}

/// Makes a call while the descriptor is non-blocking, and leaves the error that it has set.
fn without_waiting(fd: RawFd, call: impl FnOnce() -> c_int) -> c_int {
    set_nonblocking(fd, true);
    let status = call();
    let error = errno::get();
    set_nonblocking(fd, false);
    errno::set(error);
    status
}

/// Changes this one flag and nothing else. A descriptor that does not have it says so in every call.
fn set_nonblocking(fd: RawFd, nonblocking: bool) {
    let mut value = c_int::from(nonblocking);
    // SAFETY: the request reads a number.
    unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut value) };
}
