//! `poll` and `ppoll`.

use std::ffi::c_int;

use libc::{nfds_t, pollfd, sigset_t, timespec};

use super::limit::{Limit, NO_TIME};
use super::watch::{Interest, Watch};
use crate::monkey::errno;

patched! {
    /// Waits until one of several descriptors is ready.
    [Select] fn poll(requests: *mut pollfd, n_requests: nfds_t, timeout: c_int) -> c_int
        => poll_millis;
    /// Waits until one of several descriptors is ready, or a signal comes that is let through.
    [Select] fn ppoll(
        requests: *mut pollfd,
        n_requests: nfds_t,
        timeout: *const timespec,
        mask: *const sigset_t,
    ) -> c_int => poll_masked;
}

/// # Safety
///
/// As for the C function.
pub(super) unsafe fn poll_millis(
    requests: *mut pollfd,
    n_requests: nfds_t,
    timeout: c_int,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function, here and below.
    let look = || unsafe { originals::poll(requests, n_requests, 0) };
    // SAFETY: as above.
    unsafe { wait(requests, n_requests, Limit::of_millis(timeout), false, look) }
}

/// # Safety
///
/// As for the C function.
pub(super) unsafe fn poll_masked(
    requests: *mut pollfd,
    n_requests: nfds_t,
    timeout: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function, here and below.
    let limit = unsafe { Limit::of_timespec(timeout) };
    if limit == Limit::Invalid {
        // SAFETY: as above.
        return unsafe { originals::ppoll(requests, n_requests, timeout, mask) };
    }
    // SAFETY: as above.
    let look = || unsafe { originals::ppoll(requests, n_requests, &raw const NO_TIME, mask) };
    // SAFETY: as above.
    unsafe { wait(requests, n_requests, limit, !mask.is_null(), look) }
}

unsafe fn wait(
    requests: *mut pollfd,
    n_requests: nfds_t,
    limit: Limit,
    has_mask: bool,
    look: impl FnMut() -> c_int,
) -> c_int {
    let interests = || {
        if n_requests == 0 {
            return Vec::new();
        }
        // SAFETY: there are so many, since the system has just accepted them.
        let requests = unsafe { std::slice::from_raw_parts(requests, n_requests as usize) };
        requests.iter().map(|request| Interest { fd: request.fd, events: request.events }).collect()
    };
    Watch { limit, has_mask, is_plain: false }.wait(interests, look, errno::fail)
}
