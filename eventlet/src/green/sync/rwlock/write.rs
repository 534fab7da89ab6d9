//! What writing under a lock allows: access to its data that nobody else has.
//!
//! **EXCLUSIVE**: while an `RwLockWriteGuard` lives, the lock that it borrows is locked for writing,
//! and nobody else has a guard of it. A guard is made only by who has just locked it.

use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

use super::super::poison::Before;
use super::{RwLock, RwLockReadGuard};

/// Holds an [`RwLock`] locked for writing, and gives access to what it protects. Unlocks it when
/// dropped; poisons it if it is dropped by unwinding that began while it was held.
///
/// # Switching
///
/// Never switches, nor does dropping it: who waits for the lock is handed it, and runs later.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::RwLock;
///
/// let lock = RwLock::new(1);
/// *lock.write().unwrap() += 1;
/// assert_eq!(*lock.read().unwrap(), 2);
/// ```
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'rwlock, T: ?Sized + 'rwlock> {
    lock: &'rwlock RwLock<T>,
    before: Before,
    /// Not `Send`.
    here: PhantomData<*const ()>,
}

// SAFETY: a lock owns its data, which goes where it goes.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}

// SAFETY: those who share a lock write one after the other (EXCLUSIVE), which is as if the data was
// sent from one to the next, so it must be `Send`; and read at the same time, so it must be `Sync`.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

// SAFETY: a shared guard gives shared access to the data only, and locks and unlocks nothing.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<'rwlock, T: ?Sized> RwLockWriteGuard<'rwlock, T> {
    /// For who has just locked it for writing.
    #[inline]
    pub(super) fn new(lock: &'rwlock RwLock<T>) -> Self {
        RwLockWriteGuard { lock, before: Before::now(), here: PhantomData }
    }

    /// Goes on as a reader, without letting another writer in between. Readers that wait at the head
    /// of the line come in.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::{RwLock, RwLockWriteGuard};
    ///
    /// let lock = RwLock::new(1);
    /// let mut writing = lock.write().unwrap();
    /// *writing = 2;
    /// let reading = RwLockWriteGuard::downgrade(writing);
    /// assert_eq!(*reading, *lock.read().unwrap());
    /// ```
    pub fn downgrade(s: Self) -> RwLockReadGuard<'rwlock, T> {
        let lock = ManuallyDrop::new(s).lock;
        lock.raw.downgrade();
        RwLockReadGuard::new(lock)
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.poison.note(self.before);
        self.lock.raw.end_writing();
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: by EXCLUSIVE nobody else has a reference to the data, and `&self` lets nobody
        // change it.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: by EXCLUSIVE nobody else has a reference to the data, and `&mut self` is the only
        // one to the guard.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
