//! What reading under a lock allows: shared access to its data.
//!
//! **SHARED**: while an `RwLockReadGuard` lives, the lock that it borrows counts it as a reader, and
//! nobody has a guard to write with. A guard is made only by who has just been counted, and ends
//! that when it is dropped.

use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;

use super::RwLock;
use super::raw::RawRwLock;

/// Holds an [`RwLock`] locked for reading, and gives shared access to what it protects. Ends that when
/// dropped, and never poisons the lock.
///
/// # Switching
///
/// Never switches, nor does dropping it.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::RwLock;
///
/// let lock = RwLock::new("a");
/// let (one, other) = (lock.read().unwrap(), lock.read().unwrap());
/// assert_eq!(*one, *other);
/// ```
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'rwlock, T: ?Sized + 'rwlock> {
    /// What the lock protects. A pointer, since a reference would promise that nobody writes for as
    /// long as a call lasts that is given the guard, which may drop it.
    data: NonNull<T>,
    lock: &'rwlock RawRwLock,
}

// SAFETY: it gives shared access to the data, and counts nothing, when it is shared.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}

impl<'rwlock, T: ?Sized> RwLockReadGuard<'rwlock, T> {
    /// For who has just been counted as a reader.
    #[inline]
    pub(super) fn new(lock: &'rwlock RwLock<T>) -> Self {
        let data = NonNull::new(lock.data.get()).expect("a field has an address");
        RwLockReadGuard { data, lock: &lock.raw }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.end_reading();
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the lock and its data are borrowed for as long as the guard lives, and by SHARED
        // nobody writes meanwhile.
        unsafe { self.data.as_ref() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
