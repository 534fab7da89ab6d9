//! The waits that are told which clock is meant; older C libraries do not have them.

use std::ffi::c_int;

use libc::{clockid_t, pthread_cond_t, pthread_mutex_t, pthread_rwlock_t, sem_t, timespec};

use super::{condition, deadline, mutex, rwlock, semaphore};

patched! {
    /// Locks a mutex, or gives up at a moment of a clock.
    [Thread] fn pthread_mutex_clocklock(
        mutex: *mut pthread_mutex_t,
        clock: clockid_t,
        moment: *const timespec,
    ) -> c_int => lock;

    /// Waits for a condition, or until a moment of a clock.
    [Thread] fn pthread_cond_clockwait(
        condition: *mut pthread_cond_t,
        mutex: *mut pthread_mutex_t,
        clock: clockid_t,
        moment: *const timespec,
    ) -> c_int => wait;

    /// Locks for reading, or gives up at a moment of a clock.
    [Thread] fn pthread_rwlock_clockrdlock(
        lock: *mut pthread_rwlock_t,
        clock: clockid_t,
        moment: *const timespec,
    ) -> c_int => read;

    /// Locks for writing, or gives up at a moment of a clock.
    [Thread] fn pthread_rwlock_clockwrlock(
        lock: *mut pthread_rwlock_t,
        clock: clockid_t,
        moment: *const timespec,
    ) -> c_int => write;

    /// Takes one from a semaphore, or gives up at a moment of a clock.
    [Thread] fn sem_clockwait(
        semaphore: *mut sem_t,
        clock: clockid_t,
        moment: *const timespec,
    ) -> c_int => take;
}

fn is_known(clock: clockid_t) -> bool {
    matches!(clock, libc::CLOCK_REALTIME | libc::CLOCK_MONOTONIC)
}

unsafe fn lock(mutex: *mut pthread_mutex_t, clock: clockid_t, moment: *const timespec) -> c_int {
    // SAFETY: the caller keeps the contract of the C function, which says what is wrong with a clock.
    unsafe {
        let original = || originals::pthread_mutex_clocklock(mutex, clock, moment);
        if !is_known(clock) {
            return original();
        }
        mutex::lock_until(mutex, || deadline(clock, moment), original)
    }
}

unsafe fn wait(
    condition: *mut pthread_cond_t,
    mutex: *mut pthread_mutex_t,
    clock: clockid_t,
    moment: *const timespec,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        let original = || originals::pthread_cond_clockwait(condition, mutex, clock, moment);
        if !is_known(clock) {
            return original();
        }
        condition::wait_until(condition, mutex, deadline(clock, moment), original)
    }
}

unsafe fn read(lock: *mut pthread_rwlock_t, clock: clockid_t, moment: *const timespec) -> c_int {
    // SAFETY: as above.
    unsafe {
        if !is_known(clock) {
            return originals::pthread_rwlock_clockrdlock(lock, clock, moment);
        }
        rwlock::lock_until(lock, libc::pthread_rwlock_tryrdlock, || deadline(clock, moment))
    }
}

unsafe fn write(lock: *mut pthread_rwlock_t, clock: clockid_t, moment: *const timespec) -> c_int {
    // SAFETY: as above.
    unsafe {
        if !is_known(clock) {
            return originals::pthread_rwlock_clockwrlock(lock, clock, moment);
        }
        rwlock::lock_until(lock, libc::pthread_rwlock_trywrlock, || deadline(clock, moment))
    }
}

unsafe fn take(semaphore: *mut sem_t, clock: clockid_t, moment: *const timespec) -> c_int {
    // SAFETY: as above.
    unsafe {
        if !is_known(clock) {
            return originals::sem_clockwait(semaphore, clock, moment);
        }
        semaphore::wait_until(semaphore, || deadline(clock, moment))
    }
}
