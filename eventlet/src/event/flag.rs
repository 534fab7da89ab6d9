//! Flags: events that come and go.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::hub::{Hub, Time};
use crate::select::{Audience, Condition, Select, Source, Waitable};

/// A flag that green threads wait for. It can be set and cleared any number of times; gevent's and
/// `threading`'s `Event`.
///
/// Setting it wakes all who wait, in the order they came, even if it is cleared before they run. A
/// clone is the same flag. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::{event::Flag, spawn};
///
/// let open = Flag::new();
/// let theirs = open.clone();
/// let thread = spawn(move || theirs.wait());
/// open.set();
/// thread.wait().unwrap();
/// open.clear();
/// assert!(!open.is_set());
/// ```
#[derive(Clone, Default)]
pub struct Flag {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    is_set: Cell<bool>,
    audience: Audience,
}

impl Flag {
    /// Makes a flag that is not set.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!eventlet::event::Flag::new().is_set());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag and wakes all who wait for it.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let flag = eventlet::event::Flag::new();
    /// flag.set();
    /// flag.wait();
    /// ```
    pub fn set(&self) {
        self.inner.is_set.set(true);
        self.inner.audience.tell();
    }

    /// Clears the flag: from now on one waits for it again.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let flag = eventlet::event::Flag::new();
    /// flag.set();
    /// flag.clear();
    /// assert!(!flag.is_set());
    /// ```
    pub fn clear(&self) {
        self.inner.is_set.set(false);
    }

    /// Whether the flag is set.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let flag = eventlet::event::Flag::new();
    /// assert!(!flag.is_set());
    /// flag.set();
    /// assert!(flag.is_set());
    /// ```
    pub fn is_set(&self) -> bool {
        self.inner.is_set.get()
    }

    /// Waits until the flag is set.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the flag is set, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let flag = eventlet::event::Flag::new();
    /// let theirs = flag.clone();
    /// eventlet::spawn(move || theirs.set());
    /// flag.wait();
    /// ```
    pub fn wait(&self) {
        self.wait_until(|_| Time::NEVER);
    }

    /// Waits until the flag is set, for no longer than `limit`; says whether it was.
    ///
    /// # Switching
    ///
    /// Switches unless the flag is set, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let flag = eventlet::event::Flag::new();
    /// assert!(!flag.wait_timeout(Duration::from_millis(1)));
    /// ```
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        self.wait_until(|hub| hub.deadline_in(limit))
    }

    /// Waits until the flag is set, until `deadline`; says whether it was.
    ///
    /// # Switching
    ///
    /// Switches unless the flag is set, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let flag = eventlet::event::Flag::new();
    /// assert!(!flag.wait_deadline(std::time::Instant::now()));
    /// ```
    pub fn wait_deadline(&self, deadline: Instant) -> bool {
        self.wait_until(|hub| hub.deadline_at(deadline))
    }

    fn wait_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        self.is_set() || self.inner.audience.wait("a flag", deadline)
    }
}

impl Condition for Inner {
    fn audience(&self) -> &Audience {
        &self.audience
    }

    fn holds(&self) -> bool {
        self.is_set.get()
    }
}

impl Waitable for Flag {
    fn source(&self) -> &dyn Source {
        &*self.inner
    }
}

impl Select for Flag {
    type Output = ();
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) {}
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flag").field("is_set", &self.is_set()).finish()
    }
}
