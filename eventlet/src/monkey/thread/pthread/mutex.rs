//! Mutexes.

use std::ffi::c_int;
use std::time::Duration;

use libc::{pthread_mutex_t, timespec};

use super::kind::{Kind, is_of_another_os_thread};
use super::owners::{self, Whose};
use super::{Glances, Wait, deadline, is_awaited, take, wake};
use crate::hub::{self, Time};
use crate::lot::{Foreign, Key};
use crate::monkey::time;

patched! {
    /// Locks a mutex.
    [Thread] fn pthread_mutex_lock(mutex: *mut pthread_mutex_t) -> c_int => lock;

    /// Locks a mutex, or gives up at a moment of the wall clock.
    [Thread] fn pthread_mutex_timedlock(
        mutex: *mut pthread_mutex_t,
        moment: *const timespec,
    ) -> c_int => lock_timed;

    /// Locks a mutex if nobody has it.
    [Thread] fn pthread_mutex_trylock(mutex: *mut pthread_mutex_t) -> c_int => try_lock;

    /// Unlocks a mutex.
    [Thread, everywhere] fn pthread_mutex_unlock(mutex: *mut pthread_mutex_t) -> c_int => unlock;

    /// Makes an end of a mutex.
    [Thread, everywhere] fn pthread_mutex_destroy(mutex: *mut pthread_mutex_t) -> c_int => destroy;
}

unsafe fn lock(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { lock_until(mutex, || Ok(Time::NEVER), || originals::pthread_mutex_lock(mutex)) }
}

unsafe fn lock_timed(mutex: *mut pthread_mutex_t, moment: *const timespec) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        let deadline = || deadline(libc::CLOCK_REALTIME, moment);
        lock_until(mutex, deadline, || originals::pthread_mutex_timedlock(mutex, moment))
    }
}

/// Locks a mutex, or gives up at a deadline, which is only asked for if the caller has to wait;
/// `original` does it for those that green threads cannot wait for.
///
/// # Safety
///
/// There is a mutex.
pub(super) unsafe fn lock_until(
    mutex: *mut pthread_mutex_t,
    deadline: impl FnOnce() -> Result<Time, c_int>,
    original: impl FnOnce() -> c_int,
) -> c_int {
    // SAFETY: as demanded.
    let kind = unsafe { Kind::of(mutex) };
    if kind == Kind::Special {
        return original();
    }
    if kind == Kind::Checked && owners::whose(mutex.addr()) == Whose::Mine {
        return libc::EDEADLK;
    }
    // SAFETY: as demanded.
    let attempt = || unsafe { attempt(mutex, kind) };
    // SAFETY: as demanded.
    match unsafe { attempt_for_a_moment(mutex, kind, &attempt) } {
        libc::EBUSY => match deadline() {
            Ok(deadline) => {
                let wait = Wait { deadline, ..Wait::new(key(mutex), "a mutex of C's") };
                take(&wait, Glances::RARE, attempt)
            }
            Err(status) => status,
        },
        status => status,
    }
}

/// So long the whole OS thread waits for a mutex that another one has.
const A_MOMENT: Duration = Duration::from_millis(50);

/// Locks a mutex if it is free, or will be in a moment because another OS thread has it.
///
/// Most such mutexes guard a few instructions. An allocator's, for one, must not be waited for by letting
/// another green thread run, which would enter it while this one is in the middle of it. Who has a
/// mutex for long may be a green thread of another hub, so the wait is not for ever; and if others have
/// waited for that long in vain, there is none.
///
/// # Safety
///
/// There is a mutex, of this kind, which `attempt` tries.
unsafe fn attempt_for_a_moment(
    mutex: *mut pthread_mutex_t,
    kind: Kind,
    attempt: &impl Fn() -> c_int,
) -> c_int {
    let status = attempt();
    // SAFETY: as demanded.
    let is_anothers = status == libc::EBUSY && unsafe { is_of_another_os_thread(mutex) };
    if !is_anothers || is_awaited(key(mutex)) {
        return status;
    }
    let moment = time::shown_by(libc::CLOCK_REALTIME) + A_MOMENT;
    let moment = timespec {
        tv_sec: moment.as_secs() as libc::time_t,
        tv_nsec: libc::c_long::from(moment.subsec_nanos() as i32),
    };
    // SAFETY: as demanded, and the time is valid.
    match unsafe { originals::pthread_mutex_timedlock(mutex, &raw const moment) } {
        0 if kind.has_owner() => {
            owners::note_lock(mutex.addr());
            0
        }
        libc::ETIMEDOUT => libc::EBUSY,
        status => status,
    }
}

unsafe fn try_lock(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { attempt(mutex, Kind::of(mutex)) }
}

/// Locks a mutex if it is free, or may be locked once more.
///
/// # Safety
///
/// There is a mutex, of this kind.
unsafe fn attempt(mutex: *mut pthread_mutex_t, kind: Kind) -> c_int {
    if kind.has_owner() && owners::whose(mutex.addr()) == Whose::Anothers {
        return libc::EBUSY;
    }
    // SAFETY: as demanded.
    let status = unsafe { originals::pthread_mutex_trylock(mutex) };
    if status == 0 && kind.has_owner() {
        owners::note_lock(mutex.addr());
    }
    status
}

unsafe fn unlock(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        let kind = Kind::of(mutex);
        let is_anothers = || owners::whose(mutex.addr()) == Whose::Anothers;
        if kind.has_owner() && hub::is_program() && is_anothers() {
            return libc::EPERM;
        }
        let_go(mutex, kind)
    }
}

/// Unlocks a mutex of this kind. From then on it may not be there any more.
///
/// # Safety
///
/// There is a mutex.
pub(super) unsafe fn let_go(mutex: *mut pthread_mutex_t, kind: Kind) -> c_int {
    // Noted before, since the next one will note that it has locked it.
    if kind.has_owner() {
        owners::note_unlock(mutex.addr());
    }
    // SAFETY: as demanded.
    let status = unsafe { originals::pthread_mutex_unlock(mutex) };
    if status == 0 {
        wake(key(mutex), 1);
    }
    status
}

unsafe fn destroy(mutex: *mut pthread_mutex_t) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe {
        if Kind::of(mutex).has_owner() {
            owners::forget(mutex.addr());
        }
        originals::pthread_mutex_destroy(mutex)
    }
}

fn key(mutex: *mut pthread_mutex_t) -> Key {
    Key::of_foreign(Foreign::Lock, mutex.addr())
}
