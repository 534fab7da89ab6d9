//! Semaphores that have a number of permits and never more.

use std::fmt;
use std::ops::Deref;

use super::{Permit, Semaphore};
use crate::select::{Select, Source, Waitable};

/// A [`Semaphore`] that never has more permits than it began with: to release it once too often is
/// an error.
///
/// # Examples
///
/// ```should_panic
/// let semaphore = eventlet::BoundedSemaphore::new(1);
/// semaphore.release();
/// ```
#[derive(Clone)]
pub struct BoundedSemaphore {
    semaphore: Semaphore,
}

impl BoundedSemaphore {
    /// Makes a semaphore that has `permits`, all of them free.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::BoundedSemaphore::new(1);
    /// semaphore.acquire().forget();
    /// semaphore.release();
    /// ```
    pub fn new(permits: usize) -> Self {
        BoundedSemaphore { semaphore: Semaphore::with_bound(permits, permits) }
    }
}

impl Deref for BoundedSemaphore {
    type Target = Semaphore;

    fn deref(&self) -> &Semaphore {
        &self.semaphore
    }
}

impl Waitable for BoundedSemaphore {
    fn source(&self) -> &dyn Source {
        self.semaphore.source()
    }
}

impl Select for BoundedSemaphore {
    type Output = Permit;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Permit {
        self.semaphore.take_reserved(())
    }
}

impl fmt::Debug for BoundedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundedSemaphore").field("balance", &self.balance()).finish()
    }
}
