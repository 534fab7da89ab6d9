//! What C programs call that were compiled to check their buffers (`_FORTIFY_SOURCE`).

use std::ffi::c_int;

use libc::{nfds_t, pollfd, sigset_t, size_t, timespec};

use super::poll::{poll_masked, poll_millis};

patched! {
    /// Waits until one of several descriptors is ready, unless there are too few entries.
    [Select] fn __poll_chk(
        requests: *mut pollfd,
        n_requests: nfds_t,
        timeout: c_int,
        size: size_t,
    ) -> c_int => poll_checked;
    /// Waits until one of several descriptors is ready, or a signal comes that is let through, unless
    /// there are too few entries.
    [Select] fn __ppoll_chk(
        requests: *mut pollfd,
        n_requests: nfds_t,
        timeout: *const timespec,
        mask: *const sigset_t,
        size: size_t,
    ) -> c_int => poll_masked_checked;
}

unsafe fn poll_checked(
    requests: *mut pollfd,
    n_requests: nfds_t,
    timeout: c_int,
    size: size_t,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        if have_room(n_requests, size) {
            poll_millis(requests, n_requests, timeout)
        } else {
            // It ends the process.
            originals::__poll_chk(requests, n_requests, timeout, size)
        }
    }
}

unsafe fn poll_masked_checked(
    requests: *mut pollfd,
    n_requests: nfds_t,
    timeout: *const timespec,
    mask: *const sigset_t,
    size: size_t,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        if have_room(n_requests, size) {
            poll_masked(requests, n_requests, timeout, mask)
        } else {
            originals::__ppoll_chk(requests, n_requests, timeout, mask, size)
        }
    }
}

fn have_room(n_requests: nfds_t, size: size_t) -> bool {
    n_requests as usize <= size / size_of::<pollfd>()
}
