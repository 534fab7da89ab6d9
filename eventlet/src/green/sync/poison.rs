//! Whether someone has unwound while holding a lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use std::thread::panicking;

use crate::hub::{self, Hub};

/// Part of a lock: set once a guard was dropped by unwinding that began while it was held.
pub(super) struct Poison {
    is_set: AtomicBool,
}

/// Part of a guard: whether its owner was unwinding already when it took the lock.
#[derive(Clone, Copy)]
pub(super) struct Before {
    is_unwinding: bool,
}

impl Before {
    /// Now, when the lock is taken.
    #[inline]
    pub(super) fn now() -> Self {
        Before { is_unwinding: is_unwinding() }
    }
}

/// Whether the caller unwinds. While another green thread of this OS thread has been left in the middle
/// of unwinding, std says so of everyone; then a kill is noticed, and a panic is not.
#[inline]
fn is_unwinding() -> bool {
    panicking() && hub::try_with(Hub::current_is_unwinding).unwrap_or(true)
}

impl Poison {
    pub(super) const fn new() -> Self {
        Poison { is_set: AtomicBool::new(false) }
    }

    /// The lock is about to be given back.
    #[inline]
    pub(super) fn note(&self, before: Before) {
        if !before.is_unwinding && is_unwinding() {
            self.is_set.store(true, Ordering::Relaxed);
        }
    }

    /// The holder of the lock reads what earlier ones have noted, and needs no order of its own.
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Relaxed)
    }

    pub(super) fn clear(&self) {
        self.is_set.store(false, Ordering::Relaxed);
    }

    /// An error round `guard`, or what was locked, if the lock is poisoned.
    #[inline]
    pub(super) fn check<G>(&self, guard: G) -> LockResult<G> {
        if self.is_set() { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    /// The same for what was tried, and has succeeded if there is a guard.
    #[inline]
    pub(super) fn check_tried<G>(&self, guard: Option<G>) -> TryLockResult<G> {
        let guard = guard.ok_or(TryLockError::WouldBlock)?;
        Ok(self.check(guard)?)
    }
}
