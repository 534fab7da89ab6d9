//! `epoll_wait` and its variants: what is waited for is the epoll descriptor itself.

use std::ffi::c_int;

use libc::{epoll_event, sigset_t, timespec};

use super::limit::Limit;
use super::pretend::pretend;
use super::watch::{Interest, Watch};

patched! {
    /// Waits for events of an epoll descriptor.
    [Select] fn epoll_wait(
        epoll: c_int,
        events: *mut epoll_event,
        n_events: c_int,
        timeout: c_int,
    ) -> c_int => wait_millis;
    /// Waits for events of an epoll descriptor, or for a signal that is let through.
    [Select] fn epoll_pwait(
        epoll: c_int,
        events: *mut epoll_event,
        n_events: c_int,
        timeout: c_int,
        mask: *const sigset_t,
    ) -> c_int => wait_masked;
    /// Does what `epoll_pwait` does, with an exact timeout.
    [Select] fn epoll_pwait2(
        epoll: c_int,
        events: *mut epoll_event,
        n_events: c_int,
        timeout: *const timespec,
        mask: *const sigset_t,
    ) -> c_int => wait_exactly;
}

unsafe fn wait_millis(
    epoll: c_int,
    events: *mut epoll_event,
    n_events: c_int,
    timeout: c_int,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    let look = || unsafe { originals::epoll_wait(epoll, events, n_events, 0) };
    // SAFETY: as above.
    unsafe { wait(epoll, events, n_events, Limit::of_millis(timeout), false, look) }
}

unsafe fn wait_masked(
    epoll: c_int,
    events: *mut epoll_event,
    n_events: c_int,
    timeout: c_int,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    let look = || unsafe { originals::epoll_pwait(epoll, events, n_events, 0, mask) };
    // SAFETY: as above.
    unsafe { wait(epoll, events, n_events, Limit::of_millis(timeout), !mask.is_null(), look) }
}

unsafe fn wait_exactly(
    epoll: c_int,
    events: *mut epoll_event,
    n_events: c_int,
    timeout: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function, here and below.
    let limit = unsafe { Limit::of_timespec(timeout) };
    if limit == Limit::Invalid {
        // SAFETY: as above.
        return unsafe { originals::epoll_pwait2(epoll, events, n_events, timeout, mask) };
    }
    // The older call does what is needed here, and is known to every system.
    // SAFETY: as above.
    let look = || unsafe { originals::epoll_pwait(epoll, events, n_events, 0, mask) };
    // SAFETY: as above.
    unsafe { wait(epoll, events, n_events, limit, !mask.is_null(), look) }
}

/// Edges are not lost: each wait begins with a look of the system at all that is ready in the epoll
/// descriptor, and whatever becomes ready there afterwards is a new edge.
///
/// # Safety
///
/// There is room for `n_events` events, if `look` accepts the call.
unsafe fn wait(
    epoll: c_int,
    events: *mut epoll_event,
    n_events: c_int,
    limit: Limit,
    has_mask: bool,
    look: impl FnMut() -> c_int,
) -> c_int {
    let watch = Watch { limit, has_mask, is_plain: true };
    let interests = || vec![Interest { fd: epoll, events: libc::POLLIN }];
    // SAFETY: as the caller says.
    watch.wait(interests, look, |error| unsafe { pretend(epoll, events, n_events, error) })
}
