//! Sending. A call that may wait returns when all has been sent.

use std::ffi::{c_int, c_void};

use libc::{msghdr, size_t, sockaddr, socklen_t, ssize_t};

use super::connect::finish_connecting;
use super::parts::{self, Rest};
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::wait::{is_nonblocking, without_wait};
use crate::monkey::{errno, facts};

patched! {
    /// Sends to a connected socket.
    [Socket] fn send(fd: c_int, buffer: *const c_void, length: size_t, flags: c_int) -> ssize_t
        => send_bytes;

    /// Sends to an address.
    [Socket] fn sendto(
        fd: c_int,
        buffer: *const c_void,
        length: size_t,
        flags: c_int,
        address: *const sockaddr,
        address_length: socklen_t,
    ) -> ssize_t => send_to;

    /// Sends what is in several buffers, and what else belongs to a message.
    [Socket] fn sendmsg(fd: c_int, message: *const msghdr, flags: c_int) -> ssize_t
        => send_message;
}

pub(in crate::monkey) unsafe fn send_bytes(
    fd: c_int,
    buffer: *const c_void,
    length: size_t,
    flags: c_int,
) -> ssize_t {
    send_by(fd, length, flags, true, |n_sent, flags| {
        // SAFETY: the caller keeps the contract of the C function; so many bytes have been sent.
        unsafe { originals::send(fd, buffer.wrapping_byte_add(n_sent), length - n_sent, flags) }
    })
}

unsafe fn send_to(
    fd: c_int,
    buffer: *const c_void,
    length: size_t,
    mut flags: c_int,
    address: *const sockaddr,
    address_length: socklen_t,
) -> ssize_t {
    let mut attempt = |n_sent, flags| {
        let buffer = buffer.wrapping_byte_add(n_sent);
        // SAFETY: as in `send_bytes`.
        unsafe { originals::sendto(fd, buffer, length - n_sent, flags, address, address_length) }
    };
    let n_sent = send_by(fd, length, flags, address.is_null(), &mut attempt);
    // SAFETY: the caller keeps the contract of the C function.
    if n_sent >= 0 || !unsafe { has_connected(fd, &mut flags, address, address_length) } {
        return n_sent;
    }
    send_by(fd, length, flags, false, attempt)
}

pub(in crate::monkey) unsafe fn send_message(
    fd: c_int,
    message: *const msghdr,
    mut flags: c_int,
) -> ssize_t {
    // SAFETY: the caller keeps the contract of the C function.
    let Some(whole) = (unsafe { message.as_ref() }) else {
        // SAFETY: as above.
        return unsafe { originals::sendmsg(fd, message, flags) };
    };
    // SAFETY: as above.
    let length = unsafe { parts::length(whole) };
    let mut attempt = |n_sent, flags| {
        // SAFETY: as above; the rest of a valid message is one.
        unsafe {
            match n_sent {
                0 => originals::sendmsg(fd, message, flags),
                _ => originals::sendmsg(fd, Rest::new(whole, n_sent).message(), flags),
            }
        }
    };
    let n_sent = send_by(fd, length, flags, false, &mut attempt);
    let (address, address_length) = (whole.msg_name.cast(), whole.msg_namelen);
    // SAFETY: as above.
    if n_sent >= 0 || !unsafe { has_connected(fd, &mut flags, address, address_length) } {
        return n_sent;
    }
    send_by(fd, length, flags, false, attempt)
}

/// Sends what is left of a message of which the system has taken a part.
///
/// # Safety
///
/// As for `sendmsg`; so many bytes have been sent.
pub(super) unsafe fn send_message_rest(
    fd: c_int,
    message: &msghdr,
    n_sent: size_t,
    flags: c_int,
) -> ssize_t {
    let mut call = match Call::begin(fd, Direction::Write, false) {
        Ok(call) => call,
        Err(_) => return n_sent as ssize_t,
    };
    // SAFETY: the caller's.
    let length = unsafe { parts::length(message) };
    send_rest(&mut call, fd, length, flags, n_sent, &mut |n_sent, flags| {
        // SAFETY: the caller's; the rest of a valid message is one.
        unsafe { originals::sendmsg(fd, Rest::new(message, n_sent).message(), flags) }
    })
}

/// Sends by `attempt`, which is told how much has been sent already and with what flags to try.
#[inline]
fn send_by(
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
        let mut call = match Call::begin(fd, Direction::Write, is_stream) {
            Ok(call) => call,
            Err(error) => return errno::fail(error),
        };
        let n_sent = attempt(0, flags | libc::MSG_DONTWAIT);
        if n_sent >= 0 && n_sent as size_t >= length || n_sent < 0 && errno::get() != libc::EAGAIN {
            return n_sent;
        }
        send_rest(&mut call, fd, length, flags, n_sent.max(0) as size_t, &mut attempt)
    })
}

/// Goes on after an attempt that has sent only a part. How much has been sent in all is the result as
/// soon as something goes wrong; the next call will tell what.
#[inline(never)]
fn send_rest(
    call: &mut Call,
    fd: c_int,
    length: size_t,
    flags: c_int,
    mut n_done: size_t,
    attempt: &mut dyn FnMut(size_t, c_int) -> ssize_t,
) -> ssize_t {
    loop {
        if let Err(error) = call.wait() {
            return if n_done > 0 { n_done as ssize_t } else { errno::fail(error) };
        }
        // Who has sent a part gets neither error nor signal.
        let quietly = if n_done > 0 { libc::MSG_NOSIGNAL } else { 0 };
        if n_done > 0 && facts::would_take_error(fd, Direction::Write) {
            return n_done as ssize_t;
        }
        let n_sent = attempt(n_done, flags | libc::MSG_DONTWAIT | quietly);
        if n_sent >= 0 {
            n_done += n_sent as size_t;
            if n_done >= length || n_sent == 0 {
                return n_done as ssize_t;
            }
            call.progress();
        } else if errno::get() != libc::EAGAIN {
            return if n_done > 0 { n_done as ssize_t } else { n_sent };
        }
    }
}

/// Waits for the connection that a send with `MSG_FASTOPEN` has only begun to make, and says whether it
/// is made: then the rest is an ordinary send.
///
/// # Safety
///
/// The address is as long as it says, or null.
unsafe fn has_connected(
    fd: c_int,
    flags: &mut c_int,
    address: *const sockaddr,
    address_length: socklen_t,
) -> bool {
    let has_begun = *flags & (libc::MSG_FASTOPEN | libc::MSG_DONTWAIT) == libc::MSG_FASTOPEN
        && errno::get() == libc::EINPROGRESS
        && !is_nonblocking(fd);
    *flags &= !libc::MSG_FASTOPEN;
    // SAFETY: the caller's.
    has_begun && unsafe { finish_connecting(fd, address, address_length) } == 0
}
