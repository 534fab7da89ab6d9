//! Receiving.

use std::ffi::{c_int, c_void};
use std::ptr;

use libc::{msghdr, size_t, sockaddr, socklen_t, ssize_t};

use super::parts::{self, Rest};
use crate::hub::Direction;
use crate::monkey::call::{Call, Next};
use crate::monkey::wait::without_wait;
use crate::monkey::{errno, facts};

patched! {
    /// Receives from a connected socket.
    [Socket] fn recv(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t
        => receive;

    /// Receives from a socket, and says from whom.
    [Socket] fn recvfrom(
        fd: c_int,
        buffer: *mut c_void,
        length: size_t,
        flags: c_int,
        address: *mut sockaddr,
        address_length: *mut socklen_t,
    ) -> ssize_t => receive_from;

    /// Receives into several buffers, and what else comes with a message.
    [Socket] fn recvmsg(fd: c_int, message: *mut msghdr, flags: c_int) -> ssize_t
        => receive_message;
}

pub(in crate::monkey) unsafe fn receive(
    fd: c_int,
    buffer: *mut c_void,
    length: size_t,
    flags: c_int,
) -> ssize_t {
    receive_by(fd, length, flags, true, |n_done, flags| {
        // SAFETY: the caller keeps the contract of the C function; so many bytes have been filled.
        unsafe { originals::recv(fd, buffer.wrapping_byte_add(n_done), length - n_done, flags) }
    })
}

pub(super) unsafe fn receive_from(
    fd: c_int,
    buffer: *mut c_void,
    length: size_t,
    flags: c_int,
    address: *mut sockaddr,
    address_length: *mut socklen_t,
) -> ssize_t {
    receive_by(fd, length, flags, address.is_null(), |n_done, flags| {
        // Only a stream goes on, and tells its peer's name at the beginning if at all.
        let (address, address_length) = if n_done == 0 {
            (address, address_length)
        } else {
            (ptr::null_mut(), ptr::null_mut())
        };
        let buffer = buffer.wrapping_byte_add(n_done);
        // SAFETY: as in `receive`; null pointers mean that nobody asks.
        unsafe { originals::recvfrom(fd, buffer, length - n_done, flags, address, address_length) }
    })
}

pub(in crate::monkey) unsafe fn receive_message(
    fd: c_int,
    message: *mut msghdr,
    flags: c_int,
) -> ssize_t {
    let length = match flags & libc::MSG_WAITALL {
        0 => 0,
        // SAFETY: the caller keeps the contract of the C function.
        _ => unsafe { message.as_ref().map_or(0, |message| parts::length(message)) },
    };
    receive_by(fd, length, flags, false, |n_done, flags| {
        if n_done == 0 {
            // SAFETY: as above.
            return unsafe { originals::recvmsg(fd, message, flags) };
        }
        // SAFETY: the system has filled the message that far.
        let message = unsafe { &*message };
        if message.msg_controllen > 0 && facts::is_unix(fd) {
            // What comes after descriptors is received by another call.
            return 0;
        }
        // SAFETY: as above; the rest of a valid message is one.
        unsafe { originals::recvmsg(fd, Rest::new(message, n_done).message(), flags) }
    })
}

/// Receives by `attempt`, which is told how much has been received already and with what flags to try.
#[inline]
fn receive_by(
    fd: c_int,
    length: size_t,
    flags: c_int,
    is_stream: bool,
    mut attempt: impl FnMut(size_t, c_int) -> ssize_t,
) -> ssize_t {
    if flags & libc::MSG_DONTWAIT != 0 {
        return without_wait(fd, attempt(0, flags));
    }
    errno::kept_on_success(|| {
        let mut call = match Call::begin(fd, Direction::Read, is_stream) {
            Ok(call) => call,
            Err(error) => return errno::fail(error),
        };
        let n_received = attempt(0, flags | libc::MSG_DONTWAIT);
        if n_received >= 0 && (flags & libc::MSG_WAITALL == 0 || n_received as size_t >= length) {
            return n_received;
        }
        receive_slowly(&mut call, fd, length, flags, n_received, &mut attempt)
    })
}

/// Goes on after a first attempt that was not enough.
#[inline(never)]
fn receive_slowly(
    call: &mut Call,
    fd: c_int,
    length: size_t,
    flags: c_int,
    first: ssize_t,
    attempt: &mut dyn FnMut(size_t, c_int) -> ssize_t,
) -> ssize_t {
    let (mut result, mut n_done) = (first, 0);
    loop {
        if result >= 0 {
            let n_moved = result as size_t;
            if flags & libc::MSG_PEEK != 0 {
                return peek_all(call, fd, length, flags, n_moved, attempt);
            }
            n_done += n_moved;
            if n_moved == 0 || n_done >= length || !is_to_be_filled(fd, flags) {
                return n_done as ssize_t;
            }
        } else if errno::get() != libc::EAGAIN || is_answered_at_once(fd, flags) {
            // An error of the socket is told by the next call; others by this one.
            return if n_done > 0 { n_done as ssize_t } else { result };
        }
        let next = if result >= 0 { Ok(Next::Attempt) } else { call.wait() };
        result = match next {
            Ok(Next::Attempt) if n_done > 0 && is_to_stop(fd) => {
                return n_done as ssize_t;
            }
            Ok(Next::Attempt) => attempt(n_done, flags | libc::MSG_DONTWAIT),
            Ok(Next::Ask) => attempt(n_done, flags),
            Err(_) if n_done > 0 => return n_done as ssize_t,
            Err(error) => return errno::fail(error),
        };
        if result >= 0 {
            call.progress();
        }
    }
}

/// `MSG_PEEK` with `MSG_WAITALL`: nothing is taken out, so what comes later adds to the same bytes. The
/// socket is ready all the time, and does not say when more has come.
fn peek_all(
    call: &mut Call,
    fd: c_int,
    length: size_t,
    flags: c_int,
    mut n_seen: size_t,
    attempt: &mut dyn FnMut(size_t, c_int) -> ssize_t,
) -> ssize_t {
    let waits = flags & libc::MSG_WAITALL != 0 && facts::is_stream(fd) && !facts::is_unix(fd);
    while waits && n_seen < length && !has_ended(fd) && call.pause().is_ok() {
        match attempt(0, flags | libc::MSG_DONTWAIT) {
            n_now if n_now >= 0 => n_seen = n_now as size_t,
            _ => break,
        }
    }
    n_seen as ssize_t
}

/// Whether a stream is to go on until all has been received.
fn is_to_be_filled(fd: c_int, flags: c_int) -> bool {
    flags & libc::MSG_WAITALL != 0 && facts::is_stream(fd)
}

/// Whether a stream that has given something is not to be asked for more: urgent data comes next, or
/// an error.
fn is_to_stop(fd: c_int) -> bool {
    is_at_mark(fd) || facts::would_take_error(fd, Direction::Read) && n_unread(fd) == 0
}

fn has_ended(fd: c_int) -> bool {
    let events = facts::poll(fd, Direction::Read);
    facts::has_ended(events) || events & libc::POLLERR != 0
}

fn is_at_mark(fd: c_int) -> bool {
    /// Linux has the same number on all its processors but a few old ones.
    const SIOCATMARK: libc::Ioctl = 0x8905;
    ask(fd, SIOCATMARK) != 0
}

fn n_unread(fd: c_int) -> c_int {
    ask(fd, libc::FIONREAD)
}

/// A number that the system knows about a socket; 0 if it does not.
fn ask(fd: c_int, what: libc::Ioctl) -> c_int {
    let mut answer: c_int = 0;
    // SAFETY: both requests write a number.
    let status = unsafe { libc::ioctl(fd, what, &raw mut answer) };
    if status < 0 { 0 } else { answer }
}

/// Whether "would block" is the answer whatever the descriptor's mode: there is no waiting for urgent
/// data of a stream, nor for the reports of an error queue.
pub(super) fn is_answered_at_once(fd: c_int, flags: c_int) -> bool {
    let is_final = flags & libc::MSG_OOB != 0 && facts::is_stream(fd)
        || flags & libc::MSG_ERRQUEUE != 0 && !facts::is_unix(fd);
    if is_final {
        errno::set(libc::EAGAIN);
    }
    is_final
}
