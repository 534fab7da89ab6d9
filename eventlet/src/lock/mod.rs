//! Locks without data: one green thread at a time.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::hub::{self, Hub, Time};
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
    pub fn new() -> Self {
        let units = Units::with_bound(1, 1, "a lock");
        Lock { semaphore: Semaphore::of(units) }
    }

    /// Takes the lock, waiting for it. It is released when the permit is dropped.
    ///
    /// # Switching
    ///
    /// Switches if the lock is held, even while the caller unwinds.
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

/// A lock that the green thread that holds it may take again.
///
/// It is free when all guards are dropped. Apart from that it is a [`Lock`].
///
/// # Examples
///
/// ```
/// let lock = eventlet::lock::RLock::new();
/// let outer = lock.acquire();
/// let inner = lock.acquire();
/// drop((outer, inner));
/// assert!(!lock.is_locked());
/// ```
#[derive(Clone)]
pub struct RLock {
    inner: Rc<Reentrant>,
}

struct Reentrant {
    units: Units,
    /// The green thread that holds it, if any does.
    owner: Cell<Option<u64>>,
    /// How many guards there are.
    depth: Cell<usize>,
}

impl RLock {
    /// Makes a lock that nobody holds.
    pub fn new() -> Self {
        let units = Units::new(1, "a lock");
        RLock { inner: Rc::new(Reentrant { units, owner: Cell::default(), depth: Cell::new(0) }) }
    }

    /// Takes the lock, waiting for it unless the caller holds it.
    ///
    /// # Switching
    ///
    /// Switches if another green thread holds the lock, even while the caller unwinds.
    pub fn acquire(&self) -> RLockGuard {
        self.acquire_until(|_| Time::NEVER).expect("it is never given up")
    }

    /// Takes the lock if the caller holds it, or nobody.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::RLock::new();
    /// let guard = lock.acquire();
    /// assert!(lock.try_acquire().is_some());
    ///
    /// let theirs = lock.clone();
    /// let other = eventlet::spawn(move || theirs.try_acquire().is_none());
    /// assert!(other.wait().unwrap());
    /// # drop(guard);
    /// ```
    pub fn try_acquire(&self) -> Option<RLockGuard> {
        let me = hub::with(Hub::current_id);
        (self.inner.owner.get() == Some(me) || self.inner.units.try_take()).then(|| self.guard(me))
    }

    /// Takes the lock, waiting for it no longer than `limit`.
    ///
    /// # Switching
    ///
    /// Switches if another green thread holds the lock, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::RLock::new();
    /// assert!(lock.acquire_timeout(std::time::Duration::ZERO).is_some());
    /// ```
    pub fn acquire_timeout(&self, limit: Duration) -> Option<RLockGuard> {
        self.acquire_until(|hub| hub.deadline_in(limit))
    }

    /// Takes the lock, waiting for it until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches if another green thread holds the lock, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::RLock::new();
    /// assert!(lock.acquire_deadline(std::time::Instant::now()).is_some());
    /// ```
    pub fn acquire_deadline(&self, deadline: Instant) -> Option<RLockGuard> {
        self.acquire_until(|hub| hub.deadline_at(deadline))
    }

    fn acquire_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> Option<RLockGuard> {
        let me = hub::with(Hub::current_id);
        (self.inner.owner.get() == Some(me) || self.inner.units.take(deadline))
            .then(|| self.guard(me))
    }

    fn guard(&self, me: u64) -> RLockGuard {
        self.inner.owner.set(Some(me));
        self.inner.depth.set(self.inner.depth.get() + 1);
        RLockGuard { lock: self.clone() }
    }

    /// Whether someone holds the lock.
    ///
    /// # Switching
    ///
    /// Never switches.
    #[doc(alias = "locked")]
    pub fn is_locked(&self) -> bool {
        self.inner.units.n_free() == 0
    }
}

impl Default for RLock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RLock").field("depth", &self.inner.depth.get()).finish()
    }
}

/// A hold of an [`RLock`]. The lock is free when all of them are dropped.
///
/// # Examples
///
/// ```
/// let lock = eventlet::lock::RLock::new();
/// let guard = lock.acquire();
/// assert!(lock.is_locked());
/// drop(guard);
/// assert!(!lock.is_locked());
/// ```
#[must_use = "a lock whose guard is dropped is released at once"]
#[derive(Debug)]
pub struct RLockGuard {
    lock: RLock,
}

impl Drop for RLockGuard {
    fn drop(&mut self) {
        let inner = &*self.lock.inner;
        let depth = inner.depth.get() - 1;
        inner.depth.set(depth);
        if depth == 0 {
            inner.owner.set(None);
            inner.units.give();
        }
    }
}
