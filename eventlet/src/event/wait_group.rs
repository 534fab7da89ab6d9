//! Counts of things that are to be over.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::hub::{Hub, Time};
use crate::select::{Audience, Condition, Select, Source, Waitable};

/// A count of things under way: one waits until it is zero. Eventlet's `metaphore`.
///
/// A clone is the same group. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::{event::WaitGroup, sleep, spawn};
/// use std::time::Duration;
///
/// let group = WaitGroup::new();
/// for millis in 1..4 {
///     let under_way = group.hold();
///     spawn(move || {
///         sleep(Duration::from_millis(millis));
///         drop(under_way);
///     });
/// }
/// assert_eq!(group.count(), 3);
/// group.wait();
/// ```
#[doc(alias = "metaphore")]
#[derive(Clone, Default)]
pub struct WaitGroup {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    count: Cell<usize>,
    audience: Audience,
}

impl WaitGroup {
    /// Makes a group with nothing under way.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// eventlet::event::WaitGroup::new().wait();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one more, until the guard is dropped: also if the green thread that owns it is killed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::event::WaitGroup::new();
    /// let under_way = group.hold();
    /// assert_eq!(group.count(), 1);
    /// drop(under_way);
    /// assert_eq!(group.count(), 0);
    /// ```
    pub fn hold(&self) -> Hold {
        self.add(1);
        Hold { group: self.clone() }
    }

    /// Counts `n` more.
    ///
    /// # Panics
    ///
    /// Panics if the count overflows.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::event::WaitGroup::new();
    /// group.add(2);
    /// group.done();
    /// assert_eq!(group.count(), 1);
    /// ```
    #[doc(alias = "inc")]
    #[track_caller]
    pub fn add(&self, n: usize) {
        let count = self.inner.count.get().checked_add(n);
        self.inner.count.set(count.expect("a count of things under way has overflowed"));
    }

    /// Counts one less, and wakes those who wait if none is left. It does not go below zero.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::event::WaitGroup::new();
    /// group.add(1);
    /// let theirs = group.clone();
    /// eventlet::spawn(move || theirs.done());
    /// group.wait();
    /// ```
    #[doc(alias = "dec")]
    pub fn done(&self) {
        let count = self.inner.count.get();
        if count == 0 {
            return;
        }
        self.inner.count.set(count - 1);
        if count == 1 {
            self.inner.audience.tell();
        }
    }

    /// How many are under way.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::event::WaitGroup::new();
    /// group.add(3);
    /// assert_eq!(group.count(), 3);
    /// ```
    pub fn count(&self) -> usize {
        self.inner.count.get()
    }

    /// Waits until the count is zero. Who has been woken returns even if it is not any more.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the count is zero, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::event::WaitGroup::new();
    /// for _ in 0..3 {
    ///     let under_way = group.hold();
    ///     eventlet::spawn(move || drop(under_way));
    /// }
    /// group.wait();
    /// ```
    pub fn wait(&self) {
        self.wait_until(|_| Time::NEVER);
    }

    /// Waits until the count is zero, for no longer than `limit`; says whether it was.
    ///
    /// # Switching
    ///
    /// Switches unless the count is zero, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let group = eventlet::event::WaitGroup::new();
    /// group.add(1);
    /// assert!(!group.wait_timeout(Duration::from_millis(1)));
    /// ```
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        self.wait_until(|hub| hub.deadline_in(limit))
    }

    /// Waits until the count is zero, until `deadline`; says whether it was.
    ///
    /// # Switching
    ///
    /// Switches unless the count is zero, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::event::WaitGroup::new();
    /// assert!(group.wait_deadline(std::time::Instant::now()));
    /// ```
    pub fn wait_deadline(&self, deadline: Instant) -> bool {
        self.wait_until(|hub| hub.deadline_at(deadline))
    }

    pub(crate) fn wait_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        const WHAT: &str = "the end of what is under way";
        self.inner.holds() || self.inner.audience.wait(WHAT, deadline)
    }
}

impl Condition for Inner {
    fn audience(&self) -> &Audience {
        &self.audience
    }

    fn holds(&self) -> bool {
        self.count.get() == 0
    }
}

impl Waitable for WaitGroup {
    fn source(&self) -> &dyn Source {
        &*self.inner
    }
}

impl Select for WaitGroup {
    type Output = ();
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) {}
}

impl fmt::Debug for WaitGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitGroup").field("count", &self.count()).finish()
    }
}

/// One of the things that a [`WaitGroup`] counts, until it is dropped.
///
/// # Examples
///
/// ```
/// let group = eventlet::event::WaitGroup::new();
/// let hold = group.hold();
/// eventlet::spawn(move || {
///     let _hold = hold;
///     panic!("it is counted off all the same");
/// });
/// group.wait();
/// assert_eq!(group.count(), 0);
/// ```
#[must_use = "what is dropped is not under way any more"]
#[derive(Debug)]
pub struct Hold {
    group: WaitGroup,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.group.done();
    }
}
