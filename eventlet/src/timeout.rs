//! Timeouts: a limit on how long a stretch of code may wait.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::Exit;
use crate::hub::{self, AlarmFired, FiberRc};
use crate::unwind::{self, Payload};

/// Runs `f`, and gives up on it when it still waits after `limit`.
///
/// What is interrupted is a wait: `f` unwinds from it, its destructors run, and the result is
/// `Err(TimedOut)`. Code that computes is not interrupted. A wait that can be ended by data and
/// by the timeout at once is ended by the data. A limit of zero ends the first wait or yield.
///
/// Only its own timeout becomes an error: a [`Timeout`] or `with_timeout` further out that fires
/// first passes through, as do panics and kills. Nested limits may be in any order. While the
/// caller unwinds from a panic or a kill there are no limits, since nothing can be thrown then.
///
/// A call that is patched (feature `monkey-patch`) cannot be unwound from: it fails with `ETIMEDOUT`,
/// and so does every further one that would have to wait. `f` unwinds at its next wait in this library.
/// If it returns before, whatever it has made of the error, its value is dropped and the limit was
/// reached. So it was if `f` panics before: std's `Command::output` does, and whoever unwraps the error.
/// The panic hook has been called then.
///
/// # Errors
///
/// Fails if the limit was reached.
///
/// # Switching
///
/// Switches where `f` does.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::{sleep, with_timeout};
///
/// assert_eq!(with_timeout(Duration::from_secs(5), || 42), Ok(42));
/// let late = with_timeout(Duration::from_millis(1), || sleep(Duration::from_secs(5)));
/// assert_eq!(late.unwrap_err().to_string(), "timed out after 1ms");
/// ```
pub fn with_timeout<T>(limit: Duration, f: impl FnOnce() -> T) -> Result<T, TimedOut> {
    let timeout = Timeout::start(limit, true);
    timeout.judge(unwind::catch(f))
}

/// A limit was reached.
///
/// It converts into an [`io::Error`] of kind [`TimedOut`](io::ErrorKind::TimedOut), so `?` works
/// in functions that do I/O.
///
/// # Examples
///
/// ```
/// use std::io;
/// use std::time::Duration;
///
/// fn fetch() -> io::Result<()> {
///     let limit = Duration::from_millis(1);
///     Ok(eventlet::with_timeout(limit, || eventlet::sleep(Duration::from_secs(60)))?)
/// }
/// assert_eq!(fetch().unwrap_err().kind(), io::ErrorKind::TimedOut);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[doc(alias = "TimeoutError")]
pub struct TimedOut {
    limit: Duration,
}

impl TimedOut {
    /// The limit that was reached.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let limit = Duration::from_millis(1);
    /// let late = eventlet::with_timeout(limit, || eventlet::sleep(Duration::from_secs(60)));
    /// assert_eq!(late.unwrap_err().limit(), limit);
    /// ```
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out after {:?}", self.limit)
    }
}

impl std::error::Error for TimedOut {}

impl From<TimedOut> for io::Error {
    fn from(error: TimedOut) -> Self {
        io::Error::new(io::ErrorKind::TimedOut, error)
    }
}

/// A running limit on the green thread that made it, until it is cancelled or dropped.
///
/// When it fires, the wait that the green thread is in, or its next one, unwinds. [`run`] turns
/// that into an error; if the unwind meets no `run` of this timeout, it ends the green thread,
/// whose [`Exit`](crate::Exit) says so. It fires once.
///
/// A patched call fails instead, as with [`with_timeout`]. If the timeout is dropped or cancelled before
/// the next wait that can be unwound from, and no [`run`] of it is under way, that was all.
///
/// [`run`]: Timeout::run
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::{sleep, Timeout};
///
/// let thread = eventlet::spawn(|| {
///     let _limit = Timeout::new(Duration::from_millis(1));
///     sleep(Duration::from_secs(60));
/// });
/// assert!(thread.wait().unwrap_err().is_timeout());
/// ```
#[must_use = "a timeout that is dropped is cancelled"]
pub struct Timeout {
    /// The green thread it is set on.
    fiber: FiberRc,
    token: u64,
    limit: Duration,
}

impl Timeout {
    /// Starts a limit on the current green thread (or the main context).
    ///
    /// [`Duration::MAX`] never fires.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{Timeout, sleep};
    ///
    /// let limit = Timeout::new(Duration::from_millis(1));
    /// assert!(limit.run(|| sleep(Duration::from_secs(60))).is_err());
    /// ```
    pub fn new(limit: Duration) -> Self {
        Self::start(limit, false)
    }

    #[inline]
    fn start(limit: Duration, is_caught: bool) -> Self {
        hub::with(|hub| {
            let fiber = hub.current_fiber();
            let token = hub.set_alarm(&fiber, limit, is_caught);
            Timeout { fiber, token, limit }
        })
    }

    /// Runs `f`; if this timeout fires in it, the result is an error. It is one, too, if a patched call
    /// has failed because of this timeout before, and nothing has been raised since.
    ///
    /// # Errors
    ///
    /// Fails if this very timeout fired. Others pass through, as do panics and kills.
    ///
    /// # Switching
    ///
    /// Switches where `f` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let limit = eventlet::Timeout::new(Duration::ZERO);
    /// let late = limit.run(|| eventlet::sleep(Duration::ZERO));
    /// assert_eq!(late.unwrap_err().limit(), Duration::ZERO);
    /// ```
    pub fn run<T>(&self, f: impl FnOnce() -> T) -> Result<T, TimedOut> {
        let was_expected = self.expect(true);
        let result = unwind::catch(f);
        self.expect(was_expected);
        self.judge(result)
    }

    /// Turns this timeout's own unwind into an error and lets all others go on.
    #[inline]
    fn judge<T>(&self, result: Result<T, Payload>) -> Result<T, TimedOut> {
        match result {
            Ok(value) if !self.fiber.may_have_felt_alarms() => Ok(value),
            Ok(value) => self.judge_value(value),
            Err(payload) => match payload.downcast::<AlarmFired>() {
                Ok(fired) if fired.is(self.token, self.fiber.id) => {
                    Err(TimedOut { limit: self.limit })
                }
                Ok(other) => unwind::raise(other),
                Err(payload) => self.judge_unwind(payload),
            },
        }
    }

    /// Says that the limit was reached if a patched call was told so, whatever came of that.
    #[cold]
    fn judge_value<T>(&self, value: T) -> Result<T, TimedOut> {
        if self.take_felt() { Err(TimedOut { limit: self.limit }) } else { Ok(value) }
    }

    /// The same if what came of that is a panic. A kill goes on.
    #[cold]
    fn judge_unwind<T>(&self, payload: Payload) -> Result<T, TimedOut> {
        if Exit::is_panic_payload(&payload) && self.fiber.may_have_felt_alarms() && self.take_felt()
        {
            unwind::dispose(payload);
            return Err(TimedOut { limit: self.limit });
        }
        unwind::raise(payload)
    }

    fn take_felt(&self) -> bool {
        hub::try_with(|hub| hub.take_felt_alarm(&self.fiber, self.token)).unwrap_or(false)
    }

    fn expect(&self, is_caught: bool) -> bool {
        hub::try_with(|hub| hub.expect_alarm(&self.fiber, self.token, is_caught)).unwrap_or(false)
    }

    /// Stops the limit; it will not fire any more. Says whether it was still running.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{Timeout, sleep};
    ///
    /// let limit = Timeout::new(Duration::from_millis(1));
    /// assert!(limit.cancel());
    /// sleep(Duration::from_millis(2));
    /// assert!(!limit.cancel());
    /// ```
    pub fn cancel(&self) -> bool {
        hub::try_with(|hub| hub.cancel_alarm(&self.fiber, self.token)).unwrap_or(false)
    }

    /// Whether it has neither fired nor been cancelled.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{Timeout, sleep};
    ///
    /// let limit = Timeout::new(Duration::from_millis(1));
    /// assert!(limit.is_pending());
    /// assert!(limit.run(|| sleep(Duration::from_secs(60))).is_err());
    /// assert!(!limit.is_pending());
    /// ```
    #[doc(alias = "pending")]
    pub fn is_pending(&self) -> bool {
        hub::try_with(|hub| hub.has_alarm(&self.fiber, self.token)).unwrap_or(false)
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = self.is_pending();
        f.debug_struct("Timeout").field("limit", &self.limit).field("pending", &pending).finish()
    }
}
