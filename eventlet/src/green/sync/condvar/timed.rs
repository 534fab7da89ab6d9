//! Waiting for a notification for so long and no longer.

use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use super::super::MutexGuard;
use super::Condvar;
use crate::hub::{self, Hub};

/// Whether a wait with a limit has ended by its limit.
///
/// # Examples
///
/// ```
/// use eventlet::green::{sync::{Condvar, Mutex}, time::Duration};
///
/// let (mutex, changed) = (Mutex::new(()), Condvar::new());
/// let (_guard, result) =
///     changed.wait_timeout(mutex.lock().unwrap(), Duration::from_millis(1)).unwrap();
/// assert!(result.timed_out());
/// ```
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub(super) fn new(timed_out: bool) -> Self {
        WaitTimeoutResult(timed_out)
    }

    /// Whether the limit was reached.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`Condvar::wait_timeout`].
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// Unlocks the mutex, waits for a notification, for as long as `dur` at most, and locks the mutex
    /// again, for which it waits without a limit.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned by then; the error has both the guard and the result.
    ///
    /// # Panics
    ///
    /// In destructors of an OS thread's thread-locals, if its hub is gone.
    ///
    /// # Switching
    ///
    /// Switches, as [`wait`](Condvar::wait) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Condvar, Mutex}, thread, time::Duration};
    ///
    /// static CHANGED: Condvar = Condvar::new();
    ///
    /// let mutex = Mutex::new(());
    /// let guard = mutex.lock().unwrap();
    /// thread::spawn(|| CHANGED.notify_one());
    /// let (_guard, result) = CHANGED.wait_timeout(guard, Duration::from_secs(60)).unwrap();
    /// assert!(!result.timed_out());
    /// ```
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        dur: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let deadline = hub::with(|hub| hub.deadline_in(dur));
        let (guard, result) = self.wait_until(guard, deadline);
        with_poisoned(guard, result)
    }

    /// Like [`wait_timeout`](Condvar::wait_timeout), with a limit in milliseconds; says false if it was
    /// reached.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned by then; the error has both the guard and what it says.
    ///
    /// # Panics
    ///
    /// In destructors of an OS thread's thread-locals, if its hub is gone.
    ///
    /// # Switching
    ///
    /// Switches, as [`wait`](Condvar::wait) does.
    ///
    /// # Examples
    ///
    /// ```
    /// # #![allow(deprecated)]
    /// use eventlet::green::sync::{Condvar, Mutex};
    ///
    /// let (mutex, changed) = (Mutex::new(()), Condvar::new());
    /// let (_guard, notified) = changed.wait_timeout_ms(mutex.lock().unwrap(), 1).unwrap();
    /// assert!(!notified);
    /// ```
    #[deprecated(since = "0.1.0", note = "replaced by `wait_timeout`")]
    pub fn wait_timeout_ms<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        ms: u32,
    ) -> LockResult<(MutexGuard<'a, T>, bool)> {
        let dur = Duration::from_millis(u64::from(ms));
        match self.wait_timeout(guard, dur) {
            Ok((guard, result)) => Ok((guard, !result.timed_out())),
            Err(error) => {
                let (guard, result) = error.into_inner();
                Err(PoisonError::new((guard, !result.timed_out())))
            }
        }
    }

    /// Waits for notifications until `condition` says false of what the mutex protects, for as long as
    /// `dur` at most. The result says whether the limit was reached while the condition still said
    /// true.
    ///
    /// # Errors
    ///
    /// If the mutex is found poisoned after a wait; the condition was not looked at.
    ///
    /// # Panics
    ///
    /// In destructors of an OS thread's thread-locals, if its hub is gone.
    ///
    /// # Switching
    ///
    /// Switches if it waits, as [`wait`](Condvar::wait) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Condvar, Mutex}, time::Duration};
    ///
    /// let (mutex, changed) = (Mutex::new(1), Condvar::new());
    /// let limit = Duration::from_millis(1);
    /// let (guard, result) =
    ///     changed.wait_timeout_while(mutex.lock().unwrap(), limit, |n| *n > 1).unwrap();
    /// assert!(!result.timed_out());
    /// let (_guard, result) = changed.wait_timeout_while(guard, limit, |n| *n > 0).unwrap();
    /// assert!(result.timed_out());
    /// ```
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        dur: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let deadline = hub::with(|hub| hub.deadline_in(dur));
        let mut is_late = false;
        while condition(&mut guard) {
            if is_late {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            let (next, result) = self.wait_until(guard, deadline);
            (guard, _) = with_poisoned(next, result)?;
            is_late = result.timed_out() || deadline <= hub::with(Hub::now);
        }
        Ok((guard, WaitTimeoutResult(false)))
    }
}

/// A guard with the result of its wait, and an error with both.
fn with_poisoned<G>(
    guard: LockResult<G>,
    result: WaitTimeoutResult,
) -> LockResult<(G, WaitTimeoutResult)> {
    match guard {
        Ok(guard) => Ok((guard, result)),
        Err(error) => Err(PoisonError::new((error.into_inner(), result))),
    }
}
