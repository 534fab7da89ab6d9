//! Conditions.
//!
//! What the C library has in a condition can only be changed by its own functions, which block. So green
//! threads wait in the lot, and OS threads there. A signal wakes one of each kind, which is
//! allowed, and so never none.

use std::ffi::c_int;
use std::time::Duration;

use libc::{clockid_t, pthread_cond_t, pthread_mutex_t, timespec};

use super::kind::Kind;
use super::owners::{self, Whose};
use super::{Wait, deadline, mutex, wake};
use crate::hub::Time;
use crate::lot::{Foreign, Key, Waited};
use crate::monkey::time;

patched! {
    /// Waits for a condition.
    [Thread] fn pthread_cond_wait(
        condition: *mut pthread_cond_t,
        mutex: *mut pthread_mutex_t,
    ) -> c_int => wait;

    /// Waits for a condition, or until a moment of the condition's clock.
    [Thread] fn pthread_cond_timedwait(
        condition: *mut pthread_cond_t,
        mutex: *mut pthread_mutex_t,
        moment: *const timespec,
    ) -> c_int => wait_timed;

    /// Wakes one of those who wait for a condition.
    [Thread, everywhere] fn pthread_cond_signal(condition: *mut pthread_cond_t) -> c_int => signal;

    /// Wakes all who wait for a condition.
    [Thread, everywhere] fn pthread_cond_broadcast(condition: *mut pthread_cond_t) -> c_int
        => broadcast;
}

unsafe fn wait(condition: *mut pthread_cond_t, mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        let original = || originals::pthread_cond_wait(condition, mutex);
        wait_until(condition, mutex, Ok(Time::NEVER), original)
    }
}

unsafe fn wait_timed(
    condition: *mut pthread_cond_t,
    mutex: *mut pthread_mutex_t,
    moment: *const timespec,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        let deadline = deadline(clock_of(moment), moment);
        let original = || originals::pthread_cond_timedwait(condition, mutex, moment);
        wait_until(condition, mutex, deadline, original)
    }
}

/// The longest that a machine may have run, and the shortest that the wall clock shows, if it is set.
const LONGEST_RUN: Duration = Duration::from_secs(500_000_000);

/// The clock that a moment is of. A condition does not tell its clock; but a moment of the wall clock is
/// later than what the steady one will show for years.
///
/// # Safety
///
/// The moment can be read.
unsafe fn clock_of(moment: *const timespec) -> clockid_t {
    // SAFETY: as demanded.
    match unsafe { time::read(moment) } {
        Some(moment) if moment < LONGEST_RUN => libc::CLOCK_MONOTONIC,
        _ => libc::CLOCK_REALTIME,
    }
}

/// Waits for a condition without the mutex; has it again afterwards in any case.
///
/// # Safety
///
/// There are a condition and a mutex.
pub(super) unsafe fn wait_until(
    condition: *mut pthread_cond_t,
    mutex: *mut pthread_mutex_t,
    deadline: Result<Time, c_int>,
    original: impl FnOnce() -> c_int,
) -> c_int {
    // SAFETY: as demanded.
    let kind = unsafe { Kind::of(mutex) };
    match kind {
        Kind::Special => return original(),
        Kind::Normal => {}
        Kind::Recursive | Kind::Checked => match owners::whose(mutex.addr()) {
            Whose::Mine => {}
            Whose::Anothers => return libc::EPERM,
            // It may have been locked before anything was patched.
            Whose::Unknown => return original(),
        },
    }
    let deadline = match deadline {
        Ok(deadline) => deadline,
        Err(status) => return status,
    };
    let wait = Wait { deadline, ..Wait::new(key(condition), "a condition of C's") };
    let let_go = || {
        // SAFETY: as demanded. It is the caller's, so this cannot fail.
        unsafe { mutex::let_go(mutex, kind) };
    };
    let waited = wait.wait_after(|| true, let_go);
    // SAFETY: as demanded; the mutex is of a kind that green threads can wait for.
    let status = unsafe { mutex::lock_until(mutex, || Ok(Time::NEVER), || libc::EINVAL) };
    match waited {
        Waited::TimedOut if status == 0 => libc::ETIMEDOUT,
        _ => status,
    }
}

unsafe fn signal(condition: *mut pthread_cond_t) -> c_int {
    wake(key(condition), 1);
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::pthread_cond_signal(condition) }
}

unsafe fn broadcast(condition: *mut pthread_cond_t) -> c_int {
    wake(key(condition), usize::MAX);
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::pthread_cond_broadcast(condition) }
}

fn key(condition: *mut pthread_cond_t) -> Key {
    Key::of_foreign(Foreign::Condition, condition.addr())
}
