//! Mutexes.

use std::ffi::c_int;

use libc::{pthread_mutex_t, timespec};

use super::kind::Kind;
use super::owners::{self, Whose};
use super::{Glances, Wait, deadline, take, wake};
use crate::hub::{self, Time};
use crate::lot::{Foreign, Key};

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
    match attempt() {
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
