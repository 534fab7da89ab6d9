//! Locks that their holder may take again.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::hub::{self, Hub, Time};
use crate::semaphore::Units;

/// A lock that the green thread that holds it may take again.
///
/// It is free when all guards are dropped, by whomever. Apart from that it is a [`Lock`](super::Lock), but it
/// cannot be selected.
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
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!eventlet::lock::RLock::new().is_locked());
    /// ```
    pub fn new() -> Self {
        let units = Units::new(1, "a lock");
        RLock { inner: Rc::new(Reentrant { units, owner: Cell::default(), depth: Cell::new(0) }) }
    }

    /// Takes the lock, waiting for it unless the caller holds it.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if another green thread holds the lock, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::RLock::new();
    /// let guards = [lock.acquire(), lock.acquire()];
    /// assert!(lock.is_locked());
    /// drop(guards);
    /// assert!(!lock.is_locked());
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// let lock = eventlet::lock::RLock::new();
    /// let _guard = lock.acquire();
    /// assert!(lock.is_locked());
    /// ```
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
