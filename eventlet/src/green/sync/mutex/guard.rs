//! What holding a mutex allows: access to its data.
//!
//! Everything unsafe of the mutex is here, and rests on one invariant. **EXCLUSIVE**: while a
//! `MutexGuard` lives, the mutex that it borrows is locked, and nobody else has a guard of it. A
//! guard is made only by who has just locked the mutex, and unlocks it when it is dropped.

use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::LockResult;

use super::super::poison::Before;
use super::Mutex;

/// Holds a [`Mutex`] locked, and gives access to what it protects. Unlocks it when dropped; poisons it
/// if it is dropped by unwinding that began while it was held.
///
/// Like std's, it is not `Send`: whoever has locked a mutex unlocks it.
///
/// # Switching
///
/// Never switches, nor does dropping it: who waits for the mutex is handed it, and runs later.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::Mutex;
///
/// let mutex = Mutex::new(String::from("a"));
/// let mut guard = mutex.lock().unwrap();
/// guard.push('b');
/// assert_eq!(guard.to_string(), "ab");
/// ```
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized + 'a> {
    mutex: &'a Mutex<T>,
    before: Before,
    /// Not `Send`.
    here: PhantomData<*const ()>,
}

// SAFETY: a mutex owns its data, which goes where it goes.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}

// SAFETY: those who share a mutex get at its data one after the other (EXCLUSIVE), which is as if it
// was sent from one to the next; so it must be `Send` and no more.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

// SAFETY: a shared guard gives shared access to the data only, and locks and unlocks nothing.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// For who has just locked the mutex.
    #[inline]
    pub(super) fn new(mutex: &'a Mutex<T>) -> Self {
        MutexGuard { mutex, before: Before::now(), here: PhantomData }
    }

    /// Unlocks the mutex, and does not poison it. The result brings the guard back.
    pub(in crate::green::sync) fn unlock(self) -> Unlocked<'a, T> {
        let guard = ManuallyDrop::new(self);
        guard.mutex.raw.unlock();
        Unlocked { mutex: guard.mutex, before: guard.before }
    }
}

/// What is left of a guard while its mutex is not held.
pub(in crate::green::sync) struct Unlocked<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    before: Before,
}

impl<'a, T: ?Sized> Unlocked<'a, T> {
    /// Locks the mutex again, waiting for it.
    pub(in crate::green::sync) fn lock(self) -> LockResult<MutexGuard<'a, T>> {
        self.mutex.raw.lock();
        let guard = MutexGuard { mutex: self.mutex, before: self.before, here: PhantomData };
        guard.mutex.poison.check(guard)
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.poison.note(self.before);
        self.mutex.raw.unlock();
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: by EXCLUSIVE nobody else has a reference to the data, and `&self` lets nobody
        // change it.
        unsafe { &*self.mutex.data.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: by EXCLUSIVE nobody else has a reference to the data, and `&mut self` is the only
        // one to the guard.
        unsafe { &mut *self.mutex.data.get() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
