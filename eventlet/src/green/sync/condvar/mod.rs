//! Condition variables: waiting for a notification with a mutex unlocked.

mod timed;

use std::fmt;
use std::sync::LockResult;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

pub use timed::WaitTimeoutResult;

use super::MutexGuard;
use crate::hub::Time;
use crate::lot::{self, Key, Place, Waited};

/// Lets those who hold a [`Mutex`](super::Mutex) wait until what it protects has changed. It is
/// [`std::sync::Condvar`], but who waits parks, and others run. It may be shared by green threads of
/// one hub, of several hubs, and plain OS threads, and used with any number of mutexes.
///
/// Notifications reach those who wait in the order they came. One that is killed or timed out by a
/// [`Timeout`](crate::Timeout) after it was notified lets the next one be notified; its mutex is not
/// locked again, and not poisoned. As with std's, a wait may end without a notification.
///
/// # Examples
///
/// ```
/// use eventlet::green::{sync::{Arc, Condvar, Mutex}, thread};
///
/// let shared = Arc::new((Mutex::new(false), Condvar::new()));
/// let theirs = shared.clone();
/// thread::spawn(move || {
///     *theirs.0.lock().unwrap() = true;
///     theirs.1.notify_one();
/// });
/// let (mutex, changed) = &*shared;
/// let ready = changed.wait_while(mutex.lock().unwrap(), |ready| !*ready).unwrap();
/// assert!(*ready);
/// ```
pub struct Condvar {
    /// Whether somebody may wait. Changed under the lock of the line only; who notifies reads it
    /// without, since mostly nobody waits.
    has_waiters: AtomicU32,
}

impl Condvar {
    /// One that nobody waits for yet.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Condvar;
    ///
    /// static CHANGED: Condvar = Condvar::new();
    /// CHANGED.notify_all();
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Condvar {
        Condvar { has_waiters: AtomicU32::new(0) }
    }

    /// Unlocks the mutex, waits for a notification, and locks the mutex again. No notification that
    /// comes after the mutex was unlocked is missed.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned by then; it is locked all the same, and the error has the guard.
    ///
    /// # Switching
    ///
    /// Switches, even while unwinding. Killed or timed out, it unwinds without the mutex.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Condvar, Mutex}, thread};
    ///
    /// static JOBS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    /// static MORE: Condvar = Condvar::new();
    ///
    /// thread::spawn(|| {
    ///     JOBS.lock().unwrap().push(7);
    ///     MORE.notify_one();
    /// });
    /// let mut jobs = JOBS.lock().unwrap();
    /// while jobs.is_empty() {
    ///     jobs = MORE.wait(jobs).unwrap();
    /// }
    /// assert_eq!(jobs.pop(), Some(7));
    /// ```
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.wait_until(guard, Time::NEVER).0
    }

    /// Waits for notifications until `condition` says false of what the mutex protects. It is called
    /// before the first wait, too, and always with the mutex locked.
    ///
    /// # Errors
    ///
    /// If the mutex is found poisoned after a wait; the error has the guard, and the condition was
    /// not looked at.
    ///
    /// # Switching
    ///
    /// Switches if it waits, as [`wait`](Condvar::wait) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Condvar, Mutex}, thread};
    ///
    /// static LEFT: Mutex<u32> = Mutex::new(3);
    /// static FEWER: Condvar = Condvar::new();
    ///
    /// for _ in 0..3 {
    ///     thread::spawn(|| {
    ///         *LEFT.lock().unwrap() -= 1;
    ///         FEWER.notify_one();
    ///     });
    /// }
    /// let left = FEWER.wait_while(LEFT.lock().unwrap(), |left| *left > 0).unwrap();
    /// assert_eq!(*left, 0);
    /// ```
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Notifies the one that has waited longest, if anyone waits. A notification that finds nobody
    /// is forgotten.
    ///
    /// # Switching
    ///
    /// Never switches: who is notified runs later.
    ///
    /// # Examples
    ///
    /// See [`wait`](Condvar::wait).
    pub fn notify_one(&self) {
        if self.may_have_waiters() {
            lot::wake_one(self.key(), |_, more| self.has_waiters.store(u32::from(more), Relaxed));
        }
    }

    /// Notifies all who wait, first come, first served.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Condvar, Mutex}, thread};
    ///
    /// static OPEN: Mutex<bool> = Mutex::new(false);
    /// static OPENED: Condvar = Condvar::new();
    ///
    /// let guests: Vec<_> = (0..3)
    ///     .map(|_| {
    ///         thread::spawn(|| {
    ///             drop(OPENED.wait_while(OPEN.lock().unwrap(), |open| !*open).unwrap());
    ///         })
    ///     })
    ///     .collect();
    /// *OPEN.lock().unwrap() = true;
    /// OPENED.notify_all();
    /// for guest in guests {
    ///     guest.join().unwrap();
    /// }
    /// ```
    pub fn notify_all(&self) {
        if self.may_have_waiters() {
            lot::wake_all(self.key(), || self.has_waiters.store(0, Relaxed));
        }
    }

    /// Who has joined the line before it unlocked the mutex is seen by who has had the mutex since.
    fn may_have_waiters(&self) -> bool {
        self.has_waiters.load(Acquire) != 0
    }

    /// Waits for one notification; says besides whether `deadline` has passed without.
    fn wait_until<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        deadline: Time,
    ) -> (LockResult<MutexGuard<'a, T>>, WaitTimeoutResult) {
        let place = Place { deadline, ..Place::new(self.key(), "a condition variable") };
        let note_waiter = || {
            self.has_waiters.store(1, Release);
            true
        };
        let (mut guard, mut unlocked) = (Some(guard), None);
        let unlock = || unlocked = guard.take().map(MutexGuard::unlock);
        let mut notice = Notice { condvar: self, is_unread: false };
        let waited =
            lot::wait_after(place, note_waiter, unlock, |was_woken| notice.is_unread = was_woken);
        notice.is_unread = waited == Waited::Woken;
        let guard = unlocked.expect("it has joined the line").lock();
        notice.is_unread = false;
        (guard, WaitTimeoutResult::new(waited == Waited::TimedOut))
    }

    fn key(&self) -> Key {
        Key::of(&self.has_waiters)
    }
}

/// What one that waits has been told. It goes on to the next if the one unwinds before it holds its mutex.
struct Notice<'a> {
    condvar: &'a Condvar,
    is_unread: bool,
}

impl Drop for Notice<'_> {
    fn drop(&mut self) {
        if self.is_unread {
            self.condvar.notify_one();
        }
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    fn default() -> Condvar {
        Condvar::new()
    }
}
