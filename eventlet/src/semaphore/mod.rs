//! Semaphores: a number of permits, and those who wait for one.

mod bounded;
mod capped;
mod units;

use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use bounded::BoundedSemaphore;
pub use capped::CappedSemaphore;
pub(crate) use units::Units;

use crate::hub::Time;
use crate::select::{Select, Source, Waitable};

/// A number of permits that green threads share.
///
/// Those who wait are served in the order they came, and nobody passes them: a permit that is given
/// back goes to the first one directly. Who is killed or times out while waiting leaves the line
/// without a trace.
///
/// A clone is the same semaphore. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::{Semaphore, sleep, spawn};
/// use std::time::Duration;
///
/// let at_once = Semaphore::new(2);
/// let jobs: Vec<_> = (0..4)
///     .map(|number| {
///         let at_once = at_once.clone();
///         spawn(move || {
///             let _permit = at_once.acquire();
///             sleep(Duration::from_millis(1));
///             number
///         })
///     })
///     .collect();
/// for (number, job) in jobs.into_iter().enumerate() {
///     assert_eq!(job.wait().unwrap(), number);
/// }
/// ```
pub struct Semaphore {
    units: Rc<Units>,
}

impl Semaphore {
    /// Makes a semaphore with `permits` free ones.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::Semaphore::new(3).balance(), 3);
    /// ```
    pub fn new(permits: usize) -> Self {
        Self::with_bound(permits, usize::MAX)
    }

    fn with_bound(permits: usize, most: usize) -> Self {
        Self::of(Units::with_bound(permits, most, "a permit of a semaphore"))
    }

    pub(crate) fn of(units: Units) -> Self {
        Semaphore { units: Rc::new(units) }
    }

    /// Takes a permit, waiting for it. It is given back when it is dropped.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if none is free, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::Semaphore::new(1);
    /// let permit = semaphore.acquire();
    /// assert!(semaphore.is_locked());
    /// drop(permit);
    /// assert!(!semaphore.is_locked());
    /// ```
    #[inline(always)]
    pub fn acquire(&self) -> Permit {
        self.units.take(|_| Time::NEVER);
        self.permit()
    }

    /// Takes a permit if one is free. Then nobody waits for one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::Semaphore::new(1);
    /// let permit = semaphore.try_acquire();
    /// assert!(permit.is_some());
    /// assert!(semaphore.try_acquire().is_none());
    /// ```
    #[doc(alias = "acquire(blocking=False)")]
    #[inline]
    pub fn try_acquire(&self) -> Option<Permit> {
        self.units.try_take().then(|| self.permit())
    }

    /// Takes a permit, waiting for it no longer than `limit`. Whoever waits so has the same place
    /// in the line as others.
    ///
    /// # Switching
    ///
    /// Switches if none is free, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let semaphore = eventlet::Semaphore::new(0);
    /// assert!(semaphore.acquire_timeout(Duration::from_millis(1)).is_none());
    /// ```
    pub fn acquire_timeout(&self, limit: Duration) -> Option<Permit> {
        self.units.take(|hub| hub.deadline_in(limit)).then(|| self.permit())
    }

    /// Takes a permit, waiting for it until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches if none is free, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// let semaphore = eventlet::Semaphore::new(1);
    /// let deadline = Instant::now() + Duration::from_secs(1);
    /// assert!(semaphore.acquire_deadline(deadline).is_some());
    /// ```
    pub fn acquire_deadline(&self, deadline: Instant) -> Option<Permit> {
        self.units.take(|hub| hub.deadline_at(deadline)).then(|| self.permit())
    }

    #[inline]
    fn permit(&self) -> Permit {
        Permit { semaphore: self.clone(), is_forgotten: false }
    }

    /// Adds a permit, whether one was taken before or not.
    ///
    /// A [`Permit`] does so by itself; this is for permits that were [forgotten](Permit::forget),
    /// and for counts that begin at zero.
    ///
    /// # Panics
    ///
    /// Panics if the semaphore is [bounded](BoundedSemaphore) and has all its permits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let done = eventlet::Semaphore::new(0);
    /// let theirs = done.clone();
    /// eventlet::spawn(move || theirs.release());
    /// done.acquire().forget();
    /// ```
    #[track_caller]
    pub fn release(&self) {
        assert!(self.units.give(), "a bounded semaphore was released more often than acquired");
    }

    /// How many permits are free, less those who wait for one: if negative, that many wait. It
    /// takes a moment for each that waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::Semaphore::new(3).balance(), 3);
    /// ```
    pub fn balance(&self) -> isize {
        self.units.n_free() - self.units.n_waiting().cast_signed()
    }

    /// Whether no permit is free.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::Semaphore::new(0).is_locked());
    /// ```
    #[doc(alias = "locked")]
    pub fn is_locked(&self) -> bool {
        self.units.n_free() <= 0
    }
}

impl Clone for Semaphore {
    /// The same semaphore.
    fn clone(&self) -> Self {
        Semaphore { units: self.units.clone() }
    }
}

impl Waitable for Semaphore {
    fn source(&self) -> &dyn Source {
        &*self.units
    }
}

impl Select for Semaphore {
    type Output = Permit;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Permit {
        self.permit()
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("balance", &self.balance()).finish()
    }
}

/// A permit of a semaphore, given back when it is dropped.
///
/// It can be sent on to another green thread.
///
/// # Examples
///
/// ```
/// let semaphore = eventlet::Semaphore::new(1);
/// let permit = semaphore.acquire();
/// eventlet::spawn(move || drop(permit)).wait().unwrap();
/// assert_eq!(semaphore.balance(), 1);
/// ```
#[must_use = "a permit that is dropped is given back at once"]
pub struct Permit {
    semaphore: Semaphore,
    /// It is not given back.
    is_forgotten: bool,
}

impl Permit {
    /// Keeps the permit from being given back.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = eventlet::Semaphore::new(2);
    /// semaphore.acquire().forget();
    /// assert_eq!(semaphore.balance(), 1);
    /// ```
    pub fn forget(mut self) {
        self.is_forgotten = true;
    }
}

impl Drop for Permit {
    #[inline]
    fn drop(&mut self) {
        if !self.is_forgotten {
            // Refused if someone's `release` has brought all permits back already.
            self.semaphore.units.give();
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permit").field(&self.semaphore).finish()
    }
}
