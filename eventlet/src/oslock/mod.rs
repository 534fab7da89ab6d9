//! The library's own locks: std's, which stay the OS thread's when those of the program are patched.
//!
//! Under [`monkey_patch`](crate::patcher) a green thread that finds one of std's locks taken lets
//! others run. In the middle of the library that must not happen: what it has in hand is not for the
//! others to see. So all that goes on while one of these is waited for or held is *raw*: the system
//! calls are the system's, and nobody else is looked for.
//!
//! They are held for a few instructions, nothing of the user's runs under them, and nobody parks with
//! one in hand. A panic under one leaves it as it is: there is no poison.

mod raw;

use std::ops::{Deref, DerefMut};
use std::sync::{self, PoisonError, TryLockError};
use std::time::Duration;

use raw::Raw;
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(crate) use raw::is_raw;

/// Runs a wait of std's that is the library's own, and so the OS thread's.
#[inline]
pub(crate) fn as_os_thread<R>(f: impl FnOnce() -> R) -> R {
    let _raw = Raw::enter();
    f()
}

/// [`std::sync::Mutex`], without poison.
#[derive(Default, Debug)]
pub(crate) struct Mutex<T> {
    mutex: sync::Mutex<T>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Mutex { mutex: sync::Mutex::new(value) }
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let raw = Raw::enter();
        MutexGuard { guard: self.mutex.lock().unwrap_or_else(PoisonError::into_inner), raw }
    }

    /// Locks it if nobody else has it.
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let raw = Raw::enter();
        let guard = match self.mutex.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(MutexGuard { guard, raw })
    }
}

/// Access to what a [`Mutex`] protects.
pub(crate) struct MutexGuard<'a, T> {
    /// Dropped first: unlocking may make a system call.
    guard: sync::MutexGuard<'a, T>,
    raw: Raw,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

/// [`std::sync::Condvar`].
#[derive(Default, Debug)]
pub(crate) struct Condvar {
    condvar: sync::Condvar,
}

impl Condvar {
    pub(crate) const fn new() -> Self {
        Condvar { condvar: sync::Condvar::new() }
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        let MutexGuard { guard, raw } = guard;
        MutexGuard { guard: self.condvar.wait(guard).unwrap_or_else(PoisonError::into_inner), raw }
    }

    /// Waits until `condition` holds no more, or for `limit`; says whether that is over.
    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> (MutexGuard<'a, T>, bool) {
        let MutexGuard { guard, raw } = guard;
        let waited = self.condvar.wait_timeout_while(guard, limit, condition);
        let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
        (MutexGuard { guard, raw }, result.timed_out())
    }

    pub(crate) fn notify_one(&self) {
        as_os_thread(|| self.condvar.notify_one());
    }

    pub(crate) fn notify_all(&self) {
        as_os_thread(|| self.condvar.notify_all());
    }
}

/// [`std::sync::Once`].
pub(crate) struct Once {
    once: sync::Once,
}

impl Once {
    pub(crate) const fn new() -> Self {
        Once { once: sync::Once::new() }
    }

    pub(crate) fn call_once(&self, f: impl FnOnce()) {
        if !self.once.is_completed() {
            as_os_thread(|| self.once.call_once(f));
        }
    }
}

/// [`std::sync::OnceLock`].
#[derive(Default, Debug)]
pub(crate) struct OnceLock<T> {
    value: sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        OnceLock { value: sync::OnceLock::new() }
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.get()
    }

    #[inline]
    pub(crate) fn get_or_init(&self, f: impl FnOnce() -> T) -> &T {
        match self.value.get() {
            Some(value) => value,
            None => as_os_thread(|| self.value.get_or_init(f)),
        }
    }
}
