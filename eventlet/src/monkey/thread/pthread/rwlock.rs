//! Read-write locks.

use std::ffi::c_int;

use libc::{pthread_rwlock_t, timespec};

use super::{Glances, Wait, deadline, take, wake};
use crate::hub::Time;
use crate::lot::{Foreign, Key};

patched! {
    /// Locks for reading.
    [Thread] fn pthread_rwlock_rdlock(lock: *mut pthread_rwlock_t) -> c_int => read;

    /// Locks for writing.
    [Thread] fn pthread_rwlock_wrlock(lock: *mut pthread_rwlock_t) -> c_int => write;

    /// Locks for reading, or gives up at a moment of the wall clock.
    [Thread] fn pthread_rwlock_timedrdlock(
        lock: *mut pthread_rwlock_t,
        moment: *const timespec,
    ) -> c_int => read_timed;

    /// Locks for writing, or gives up at a moment of the wall clock.
    [Thread] fn pthread_rwlock_timedwrlock(
        lock: *mut pthread_rwlock_t,
        moment: *const timespec,
    ) -> c_int => write_timed;

    /// Unlocks what was locked for reading or writing.
    [Thread, everywhere] fn pthread_rwlock_unlock(lock: *mut pthread_rwlock_t) -> c_int => unlock;
}

/// What is tried again and again.
pub(super) type Attempt = unsafe extern "C" fn(*mut pthread_rwlock_t) -> c_int;

unsafe fn read(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { lock_until(lock, libc::pthread_rwlock_tryrdlock, || Ok(Time::NEVER)) }
}

unsafe fn write(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: as above.
    unsafe { lock_until(lock, libc::pthread_rwlock_trywrlock, || Ok(Time::NEVER)) }
}

unsafe fn read_timed(lock: *mut pthread_rwlock_t, moment: *const timespec) -> c_int {
    // SAFETY: as above.
    unsafe {
        let deadline = || deadline(libc::CLOCK_REALTIME, moment);
        lock_until(lock, libc::pthread_rwlock_tryrdlock, deadline)
    }
}

unsafe fn write_timed(lock: *mut pthread_rwlock_t, moment: *const timespec) -> c_int {
    // SAFETY: as above.
    unsafe {
        let deadline = || deadline(libc::CLOCK_REALTIME, moment);
        lock_until(lock, libc::pthread_rwlock_trywrlock, deadline)
    }
}

/// Locks, or gives up at a deadline, which is only asked for if the caller has to wait.
///
/// # Safety
///
/// There is a lock.
pub(super) unsafe fn lock_until(
    lock: *mut pthread_rwlock_t,
    attempt: Attempt,
    deadline: impl FnOnce() -> Result<Time, c_int>,
) -> c_int {
    // SAFETY: as demanded.
    let attempt = || unsafe { attempt(lock) };
    match attempt() {
        libc::EBUSY => match deadline() {
            Ok(deadline) => {
                let wait = Wait { deadline, ..Wait::new(key(lock), "a read-write lock of C's") };
                take(&wait, Glances::RARE, attempt)
            }
            Err(status) => status,
        },
        status => status,
    }
}

/// All look who may have it now: several, if they read.
unsafe fn unlock(lock: *mut pthread_rwlock_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    let status = unsafe { originals::pthread_rwlock_unlock(lock) };
    if status == 0 {
        wake(key(lock), usize::MAX);
    }
    status
}

fn key(lock: *mut pthread_rwlock_t) -> Key {
    Key::of_foreign(Foreign::Lock, lock.addr())
}
