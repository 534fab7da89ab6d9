//! Locks without data: one green thread at a time.

mod reentrant;

use std::fmt;
use std::time::{Duration, Instant};

pub use reentrant::{RLock, RLockGuard};

use crate::select::{Select, Source, Waitable};
use crate::semaphore::{Permit, Semaphore, Units};

/// A lock that one green thread at a time holds.
///
/// Those who wait get it in the order they came, and nobody passes them. It guards no data: between
/// two waits nobody else runs anyway. It is for what must not be disturbed *while one waits*.
///
/// A clone is the same lock. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::lock::Lock;
/// use eventlet::{sleep, spawn};
/// use std::time::Duration;
///
/// let lock = Lock::new();
/// let guard = lock.acquire();
/// let theirs = lock.clone();
/// let other = spawn(move || drop(theirs.acquire()));
/// sleep(Duration::ZERO);
/// assert!(!other.is_dead());
/// drop(guard);
/// other.wait().unwrap();
/// ```
#[derive(Clone)]
pub struct Lock {
    semaphore: Semaphore,
}

impl Lock {
    /// Makes a lock that nobody holds.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!eventlet::lock::Lock::new().is_locked());
    /// ```
    pub fn new() -> Self {
        let units = Units::with_bound(1, 1, "a lock");
        Lock { semaphore: Semaphore::of(units) }
    }

    /// Takes the lock, waiting for it. It is released when the permit is dropped.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if the lock is held, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::Lock::new();
    /// let guard = lock.acquire();
    /// assert!(lock.is_locked());
    /// drop(guard);
    /// assert!(!lock.is_locked());
    /// ```
    #[inline(always)]
    pub fn acquire(&self) -> Permit {
        self.semaphore.acquire()
    }

    /// Takes the lock if nobody holds it.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::Lock::new();
    /// let guard = lock.try_acquire();
    /// assert!(guard.is_some());
    /// assert!(lock.try_acquire().is_none());
    /// ```
    pub fn try_acquire(&self) -> Option<Permit> {
        self.semaphore.try_acquire()
    }

    /// Takes the lock, waiting for it no longer than `limit`.
    ///
    /// # Switching
    ///
    /// Switches if the lock is held, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::Lock::new();
    /// assert!(lock.acquire_timeout(std::time::Duration::ZERO).is_some());
    /// ```
    pub fn acquire_timeout(&self, limit: Duration) -> Option<Permit> {
        self.semaphore.acquire_timeout(limit)
    }

    /// Takes the lock, waiting for it until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches if the lock is held, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::Lock::new();
    /// assert!(lock.acquire_deadline(std::time::Instant::now()).is_some());
    /// ```
    pub fn acquire_deadline(&self, deadline: Instant) -> Option<Permit> {
        self.semaphore.acquire_deadline(deadline)
    }

    /// Releases the lock after its permit was [forgotten](Permit::forget).
    ///
    /// # Panics
    ///
    /// Panics if nobody holds the lock.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::Lock::new();
    /// lock.acquire().forget();
    /// lock.release();
    /// assert!(!lock.is_locked());
    /// ```
    #[track_caller]
    pub fn release(&self) {
        assert!(self.is_locked(), "a lock was released that nobody holds");
        self.semaphore.release();
    }

    /// Whether someone holds the lock.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::Lock::new();
    /// let _guard = lock.acquire();
    /// assert!(lock.is_locked());
    /// ```
    #[doc(alias = "locked")]
    pub fn is_locked(&self) -> bool {
        self.semaphore.is_locked()
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}

impl Waitable for Lock {
    fn source(&self) -> &dyn Source {
        self.semaphore.source()
    }
}

impl Select for Lock {
    type Output = Permit;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Permit {
        self.semaphore.take_reserved(())
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").field("is_locked", &self.is_locked()).finish()
    }
}
