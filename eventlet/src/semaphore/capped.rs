//! Semaphores with a limit: one waits to acquire, and to release as well.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::hub::{self, Hub, Time};
use crate::waitlist::WaitList;

/// A count between zero and a limit: acquiring waits while it is zero, releasing waits while it is
/// at the limit.
///
/// It is what a bounded buffer counts with. With a limit of zero it is a rendezvous: each release
/// waits for an acquire, and the other way round. Both lines are served in the order of arrival,
/// and nobody passes those who wait. There are no guards, since to give back may have to wait.
///
/// A clone is the same semaphore. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::{CappedSemaphore, spawn};
///
/// let meeting = CappedSemaphore::new(0, 0);
/// let theirs = meeting.clone();
/// let other = spawn(move || theirs.acquire());
/// meeting.release();
/// other.wait().unwrap();
/// ```
#[derive(Clone)]
pub struct CappedSemaphore {
    inner: Rc<Inner>,
}

/// # Invariant
///
/// Those who wait to acquire find the count at zero, those who wait to release find it at the
/// limit, and never both wait.
struct Inner {
    count: Cell<usize>,
    limit: usize,
    acquirers: WaitList,
    releasers: WaitList,
}

impl CappedSemaphore {
    /// Makes a semaphore that counts from `count` and stays at or below `limit`.
    ///
    /// # Panics
    ///
    /// Panics if `count` is above `limit`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(2, 3);
    /// assert_eq!(semaphore.balance(), 1);
    /// ```
    #[track_caller]
    pub fn new(count: usize, limit: usize) -> Self {
        assert!(count <= limit, "a semaphore of at most {limit} cannot begin with {count}");
        let (acquirers, releasers) = Default::default();
        CappedSemaphore {
            inner: Rc::new(Inner { count: Cell::new(count), limit, acquirers, releasers }),
        }
    }

    /// Counts down, waiting while the count is zero.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if the count is zero and nobody waits to release, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(1, 1);
    /// semaphore.acquire();
    /// assert!(semaphore.is_locked());
    /// ```
    pub fn acquire(&self) {
        self.acquire_until(|_| Time::NEVER);
    }

    /// Counts down if that needs no waiting, and says whether it did.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!eventlet::CappedSemaphore::new(0, 1).try_acquire());
    /// ```
    pub fn try_acquire(&self) -> bool {
        let Inner { count, releasers, .. } = &*self.inner;
        // The first one to release puts back at once what is taken here.
        if releasers.wake_one() {
            return true;
        }
        let is_positive = count.get() > 0;
        if is_positive {
            count.set(count.get() - 1);
        }
        is_positive
    }

    /// Like [`acquire`](CappedSemaphore::acquire), for no longer than `limit`; says whether it did.
    ///
    /// # Switching
    ///
    /// Switches as `acquire` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let semaphore = eventlet::CappedSemaphore::new(0, 1);
    /// assert!(!semaphore.acquire_timeout(Duration::from_millis(1)));
    /// ```
    pub fn acquire_timeout(&self, limit: Duration) -> bool {
        self.acquire_until(|hub| hub.deadline_in(limit))
    }

    /// Like [`acquire`](CappedSemaphore::acquire), until `deadline`; says whether it did.
    ///
    /// # Switching
    ///
    /// Switches as `acquire` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(1, 1);
    /// assert!(semaphore.acquire_deadline(std::time::Instant::now()));
    /// ```
    pub fn acquire_deadline(&self, deadline: Instant) -> bool {
        self.acquire_until(|hub| hub.deadline_at(deadline))
    }

    fn acquire_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        const WHAT: &str = "a count above zero";
        self.try_acquire() || self.inner.acquirers.wait(WHAT, hub::with(deadline)).ready_or_raise()
    }

    /// Counts up, waiting while the count is at the limit.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if the count is at the limit and nobody waits to acquire, even while the caller
    /// unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(0, 1);
    /// semaphore.release();
    /// assert!(semaphore.is_full());
    /// ```
    pub fn release(&self) {
        self.release_until(|_| Time::NEVER);
    }

    /// Counts up if that needs no waiting, and says whether it did.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!eventlet::CappedSemaphore::new(1, 1).try_release());
    /// ```
    pub fn try_release(&self) -> bool {
        let Inner { count, limit, acquirers, .. } = &*self.inner;
        if acquirers.wake_one() {
            return true;
        }
        let has_room = count.get() < *limit;
        if has_room {
            count.set(count.get() + 1);
        }
        has_room
    }

    /// Like [`release`](CappedSemaphore::release), for no longer than `limit`; says whether it did.
    ///
    /// # Switching
    ///
    /// Switches as `release` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let semaphore = eventlet::CappedSemaphore::new(1, 1);
    /// assert!(!semaphore.release_timeout(Duration::from_millis(1)));
    /// ```
    pub fn release_timeout(&self, limit: Duration) -> bool {
        self.release_until(|hub| hub.deadline_in(limit))
    }

    /// Like [`release`](CappedSemaphore::release), until `deadline`; says whether it did.
    ///
    /// # Switching
    ///
    /// Switches as `release` does.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(0, 1);
    /// assert!(semaphore.release_deadline(std::time::Instant::now()));
    /// ```
    pub fn release_deadline(&self, deadline: Instant) -> bool {
        self.release_until(|hub| hub.deadline_at(deadline))
    }

    fn release_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        const WHAT: &str = "a count below its limit";
        self.try_release() || self.inner.releasers.wait(WHAT, hub::with(deadline)).ready_or_raise()
    }

    /// The count, less those who wait to acquire; from that, the room below the limit, less those
    /// who wait to release, is subtracted. Eventlet's formula. It takes a moment for each that
    /// waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::CappedSemaphore::new(0, 3).balance(), -3);
    /// ```
    pub fn balance(&self) -> isize {
        let Inner { count, limit, acquirers, releasers } = &*self.inner;
        let lower = signed(count.get()) - signed(acquirers.len());
        let upper = signed(limit - count.get()) - signed(releasers.len());
        lower.saturating_sub(upper)
    }

    /// Whether [`acquire`](CappedSemaphore::acquire) would wait.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(1, 1);
    /// assert!(!semaphore.is_locked());
    /// semaphore.acquire();
    /// assert!(semaphore.is_locked());
    /// ```
    #[doc(alias = "locked")]
    pub fn is_locked(&self) -> bool {
        self.inner.count.get() == 0 && self.inner.releasers.is_empty()
    }

    /// Whether [`release`](CappedSemaphore::release) would wait.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::CappedSemaphore::new(0, 1);
    /// assert!(!semaphore.is_full());
    /// semaphore.release();
    /// assert!(semaphore.is_full());
    /// ```
    #[doc(alias = "bounded")]
    pub fn is_full(&self) -> bool {
        self.inner.count.get() == self.inner.limit && self.inner.acquirers.is_empty()
    }
}

/// A limit may be so high that nobody gets there.
fn signed(n: usize) -> isize {
    isize::try_from(n).unwrap_or(isize::MAX)
}

impl fmt::Debug for CappedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CappedSemaphore").field("balance", &self.balance()).finish()
    }
}
