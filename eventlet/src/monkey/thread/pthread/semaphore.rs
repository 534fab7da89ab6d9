//! Semaphores.
//!
//! `sem_post` is left alone: signal handlers may call it, and could wake nobody here. So who waits looks
//! again and again.

use std::ffi::c_int;

use libc::{sem_t, timespec};

use super::{Glances, Wait, deadline, take};
use crate::hub::Time;
use crate::lot::{Foreign, Key};
use crate::monkey::errno;

patched! {
    /// Takes one from a semaphore.
    [Thread] fn sem_wait(semaphore: *mut sem_t) -> c_int => wait;

    /// Takes one from a semaphore, or gives up at a moment of the wall clock.
    [Thread] fn sem_timedwait(semaphore: *mut sem_t, moment: *const timespec) -> c_int
        => wait_timed;
}

unsafe fn wait(semaphore: *mut sem_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { wait_until(semaphore, || Ok(Time::NEVER)) }
}

unsafe fn wait_timed(semaphore: *mut sem_t, moment: *const timespec) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { wait_until(semaphore, || deadline(libc::CLOCK_REALTIME, moment)) }
}

/// Takes one, or gives up at a deadline, which is only asked for if the caller has to wait.
///
/// # Safety
///
/// There is a semaphore.
pub(super) unsafe fn wait_until(
    semaphore: *mut sem_t,
    deadline: impl FnOnce() -> Result<Time, c_int>,
) -> c_int {
    let before = errno::get();
    // SAFETY: as demanded.
    let attempt = || match unsafe { libc::sem_trywait(semaphore) } {
        0 => 0,
        _ if errno::get() == libc::EAGAIN => libc::EBUSY,
        _ => errno::get(),
    };
    let status = match attempt() {
        libc::EBUSY => deadline().map_or_else(
            |status| status,
            |deadline| {
                let key = Key::of_foreign(Foreign::Lock, semaphore.addr());
                let wait = Wait { deadline, ..Wait::new(key, "a semaphore of C's") };
                take(&wait, Glances::OFTEN, attempt)
            },
        ),
        status => status,
    };
    if status == 0 {
        errno::set(before);
        return 0;
    }
    errno::fail(status)
}
