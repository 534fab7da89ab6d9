//! Receiving several messages.

use std::ffi::{c_int, c_uint};

use libc::{mmsghdr, timespec};

use crate::hub::{self, Direction, Hub, Time};
use crate::monkey::call::{Call, Next};
use crate::monkey::time::duration_of;
use crate::monkey::wait::without_wait;
use crate::monkey::{errno, facts};

patched! {
    /// Receives several messages.
    [Socket] fn recvmmsg(
        fd: c_int,
        messages: *mut mmsghdr,
        n_messages: c_uint,
        flags: c_int,
        limit: *mut timespec,
    ) -> c_int => receive_messages;
}

unsafe fn receive_messages(
    fd: c_int,
    messages: *mut mmsghdr,
    n_messages: c_uint,
    flags: c_int,
    limit: *mut timespec,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    let clock = Clock::new(unsafe { limit.as_ref() });
    let may_wait = flags & libc::MSG_DONTWAIT == 0 && n_messages > 0;
    // SAFETY: as above.
    errno::kept_on_success(|| unsafe {
        match clock.filter(|_| may_wait) {
            Some(clock) => receive_patiently(fd, messages, n_messages, flags, limit, clock),
            None => without_wait(fd, originals::recvmmsg(fd, messages, n_messages, flags, limit)),
        }
    })
}

/// # Safety
///
/// As for the C function.
unsafe fn receive_patiently(
    fd: c_int,
    messages: *mut mmsghdr,
    n_messages: c_uint,
    flags: c_int,
    limit: *mut timespec,
    mut clock: Clock,
) -> c_int {
    let mut n_done = 0;
    while n_done < n_messages {
        let mut attempt = |flags| {
            let messages = messages.wrapping_add(n_done as usize);
            // SAFETY: the caller's; so many messages are left.
            unsafe { originals::recvmmsg(fd, messages, n_messages - n_done, flags, clock.left()) }
        };
        let n_more = receive_some(fd, flags, n_done > 0, &mut attempt);
        if n_more <= 0 {
            break;
        }
        n_done += n_more as c_uint;
        // SAFETY: the system has just filled this message.
        let last = unsafe { &*messages.add(n_done as usize - 1) };
        let is_urgent = last.msg_hdr.msg_flags & libc::MSG_OOB != 0;
        if flags & libc::MSG_WAITFORONE != 0 || clock.has_run_out() || is_urgent {
            break;
        }
    }
    // SAFETY: the caller's.
    if let Some(limit) = unsafe { limit.as_mut() }.filter(|_| n_done > 0) {
        *limit = clock.left;
    }
    if n_done > 0 { n_done as c_int } else { -1 }
}

/// Receives at least one message. An error that comes after others have been received is left for the
/// next call.
fn receive_some(
    fd: c_int,
    flags: c_int,
    is_going_on: bool,
    attempt: &mut dyn FnMut(c_int) -> c_int,
) -> c_int {
    let mut call = match Call::begin(fd, Direction::Read, false) {
        Ok(call) => call,
        Err(error) => return errno::fail(error),
    };
    let mut next = Next::Attempt;
    loop {
        if is_going_on && facts::poll(fd, Direction::Read) & libc::POLLERR != 0 {
            return 0;
        }
        let n_received = match next {
            Next::Attempt => attempt(flags | libc::MSG_DONTWAIT),
            Next::Ask => attempt(flags),
        };
        if n_received >= 0 {
            return n_received;
        }
        if errno::get() != libc::EAGAIN || super::receive::is_answered_at_once(fd, flags) {
            return n_received;
        }
        next = match call.wait() {
            Ok(next) => next,
            Err(_) if is_going_on => return 0,
            Err(error) => return errno::fail(error),
        };
    }
}

/// The limit of a call, which has odd rules: it is looked at only after each message, and does not end
/// a wait.
struct Clock {
    end: Option<Time>,
    /// What is left of the limit, as the system has reckoned after the last message.
    left: timespec,
}

impl Clock {
    /// None if the system would refuse the limit.
    fn new(limit: Option<&timespec>) -> Option<Self> {
        let end = match limit {
            None => None,
            Some(limit) => {
                let limit = duration_of(limit)?;
                Some(hub::with(|hub| hub.deadline_in(limit)))
            }
        };
        Some(Clock { end, left: timespec { tv_sec: 0, tv_nsec: 0 } })
    }

    /// What to tell the system for the next messages.
    fn left(&mut self) -> *mut timespec {
        let Some(end) = self.end else { return std::ptr::null_mut() };
        let left = end.since(hub::with(Hub::now));
        self.left.tv_sec = left.as_secs().try_into().unwrap_or(libc::time_t::MAX);
        self.left.tv_nsec = left.subsec_nanos().into();
        &raw mut self.left
    }

    fn has_run_out(&self) -> bool {
        self.end.is_some() && self.left.tv_sec == 0 && self.left.tv_nsec == 0
    }
}
