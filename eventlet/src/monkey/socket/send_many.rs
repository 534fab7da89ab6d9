//! Sending several messages.

use std::ffi::{c_int, c_uint};

use libc::mmsghdr;

use super::parts;
use super::send::{send_message, send_message_rest};
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::errno;
use crate::monkey::wait::without_wait;

/// The system sends no more at once.
const MAX_MESSAGES: c_uint = 1024;

patched! {
    /// Sends several messages.
    [Socket] fn sendmmsg(
        fd: c_int,
        messages: *mut mmsghdr,
        n_messages: c_uint,
        flags: c_int,
    ) -> c_int => send_messages;
}

unsafe fn send_messages(
    fd: c_int,
    messages: *mut mmsghdr,
    n_messages: c_uint,
    flags: c_int,
) -> c_int {
    if flags & libc::MSG_DONTWAIT != 0 || n_messages == 0 {
        // SAFETY: the caller keeps the contract of the C function.
        return without_wait(fd, unsafe { originals::sendmmsg(fd, messages, n_messages, flags) });
    }
    // SAFETY: as above.
    errno::kept_on_success(|| unsafe { send_patiently(fd, messages, n_messages, flags) })
}

/// # Safety
///
/// As for the C function.
unsafe fn send_patiently(
    fd: c_int,
    messages: *mut mmsghdr,
    n_messages: c_uint,
    flags: c_int,
) -> c_int {
    if let Err(error) = Call::begin(fd, Direction::Write, false) {
        return errno::fail(error);
    }
    let n_messages = n_messages.min(MAX_MESSAGES);
    // SAFETY: the caller's.
    let n_sent =
        unsafe { originals::sendmmsg(fd, messages, n_messages, flags | libc::MSG_DONTWAIT) };
    if n_sent < 0 && errno::get() != libc::EAGAIN {
        return n_sent;
    }
    let mut n_done = n_sent.max(0) as usize;
    // SAFETY: there are so many, and the system has just read the first ones.
    let messages = unsafe { std::slice::from_raw_parts_mut(messages, n_messages as usize) };
    // Of a stream the last one may have been sent in part.
    let mut is_whole = match messages[..n_done].last_mut() {
        // SAFETY: as above.
        Some(last) => unsafe { is_finished(fd, last, flags) },
        None => true,
    };
    while is_whole && n_done < messages.len() {
        let next = &mut messages[n_done];
        // SAFETY: as above.
        let n_bytes = unsafe { send_message(fd, &raw const next.msg_hdr, flags) };
        if n_bytes < 0 {
            return if n_done > 0 { n_done as c_int } else { -1 };
        }
        next.msg_len = n_bytes as c_uint;
        n_done += 1;
        // SAFETY: as above.
        is_whole = n_bytes as usize >= unsafe { parts::length(&next.msg_hdr) };
    }
    n_done as c_int
}

/// Sends what is left of a message, and says whether all of it has been sent.
///
/// # Safety
///
/// The system has just sent a part of this message, or all of it.
unsafe fn is_finished(fd: c_int, message: &mut mmsghdr, flags: c_int) -> bool {
    // SAFETY: the caller's.
    let length = unsafe { parts::length(&message.msg_hdr) };
    if (message.msg_len as usize) < length {
        // SAFETY: the caller's.
        let n_sent =
            unsafe { send_message_rest(fd, &message.msg_hdr, message.msg_len as usize, flags) };
        message.msg_len = n_sent as c_uint;
    }
    message.msg_len as usize >= length
}
