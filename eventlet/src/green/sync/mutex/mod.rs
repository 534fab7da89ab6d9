//! Mutual exclusion that parks who waits.

#[allow(unsafe_code, reason = "access to the data of a mutex, for who has locked it")]
mod guard;
mod raw;

use std::cell::UnsafeCell;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{LockResult, TryLockError, TryLockResult};

pub use guard::MutexGuard;
use raw::RawMutex;

use super::poison::Poison;

/// Protects what it holds: one at a time has access. It is [`std::sync::Mutex`], but who waits for it
/// parks, and others run. It may be shared by green threads of one hub, of several hubs, and plain OS
/// threads.
///
/// # Who is next
///
/// Those who wait get it in the order they came: unlocking hands the mutex to the first of them, so
/// that a green thread which unlocks and locks again, and never gives way in between, keeps nobody
/// out. In that case its second `lock` waits.
///
/// If the first of them belongs to another OS thread, it is called, and until it comes, the mutex is
/// free for all: threads take it at their own pace, and not at that of waking each other. If it
/// comes too late, it stays the first, and next time it is handed the mutex. So nobody is kept out
/// here either.
///
/// # Poisoning
///
/// It is poisoned when its guard is dropped by unwinding that began while it was held, as in std.
/// [Kills](crate::GreenThread::kill) and [timeouts](crate::Timeout) unwind, too: one that arrives
/// while a green thread holds the mutex and waits for something else poisons it. Where that is to be
/// expected, and what the mutex protects is in order at every wait, take the guard out of the error
/// by [`PoisonError::into_inner`](std::sync::PoisonError::into_inner), or mend the data and call
/// [`clear_poison`](Mutex::clear_poison). One that is killed while it *waits* for the mutex poisons
/// nothing. As in std, a panic may go unnoticed if it comes while something unwinds already: here also
/// if another green thread of the OS thread waits in a destructor, in the middle of unwinding.
///
/// # Examples
///
/// ```
/// use eventlet::green::{sync::{Arc, Mutex}, thread};
///
/// let total = Arc::new(Mutex::new(0));
/// let threads: Vec<_> = (1..=10)
///     .map(|n| {
///         let total = total.clone();
///         thread::spawn(move || *total.lock().unwrap() += n)
///     })
///     .collect();
/// for thread in threads {
///     thread.join().unwrap();
/// }
/// assert_eq!(*total.lock().unwrap(), 55);
/// ```
pub struct Mutex<T: ?Sized> {
    raw: RawMutex,
    poison: Poison,
    /// Touched by guards, and by who has the mutex to himself.
    data: UnsafeCell<T>,
}

impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

impl<T> Mutex<T> {
    /// An unlocked mutex round `t`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Mutex;
    ///
    /// static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    /// NAMES.lock().unwrap().push("a".into());
    /// ```
    #[inline]
    pub const fn new(t: T) -> Mutex<T> {
        Mutex { raw: RawMutex::new(), poison: Poison::new(), data: UnsafeCell::new(t) }
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Locks the mutex, once nobody else has it. Who locks it twice waits for ever.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned; it is locked all the same, and the error has the guard.
    ///
    /// # Switching
    ///
    /// Switches if it has to wait, even while unwinding.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Mutex;
    ///
    /// let mutex = Mutex::new(1);
    /// *mutex.lock().unwrap() += 1;
    /// assert_eq!(*mutex.lock().unwrap(), 2);
    /// ```
    #[inline]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.raw.lock();
        self.poison.check(MutexGuard::new(self))
    }

    /// Locks the mutex if nobody has it.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] if somebody has it, the caller included;
    /// [`TryLockError::Poisoned`] if it is poisoned: then it is locked all the same, and the error has
    /// the guard.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Mutex;
    ///
    /// let mutex = Mutex::new(1);
    /// let guard = mutex.try_lock().unwrap();
    /// assert!(mutex.try_lock().is_err());
    /// drop(guard);
    /// assert!(mutex.try_lock().is_ok());
    /// ```
    #[inline]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.poison.check_tried(self.raw.try_lock().then(|| MutexGuard::new(self)))
    }

    /// Whether the mutex is poisoned. If nobody has it locked, that may have changed by the time the
    /// answer is there.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Arc, Mutex}, thread};
    ///
    /// let mutex = Arc::new(Mutex::new(0));
    /// let theirs = mutex.clone();
    /// let _ = thread::spawn(move || {
    ///     let _guard = theirs.lock().unwrap();
    ///     panic!("poisons the mutex");
    /// })
    /// .join();
    /// assert!(mutex.is_poisoned());
    /// ```
    #[inline]
    pub fn is_poisoned(&self) -> bool {
        self.poison.is_set()
    }

    /// Says that the data is in order again: from now on the mutex is not poisoned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Arc, Mutex}, thread};
    ///
    /// let mutex = Arc::new(Mutex::new(0));
    /// let theirs = mutex.clone();
    /// let _ = thread::spawn(move || {
    ///     let _guard = theirs.lock().unwrap();
    ///     panic!("poisons the mutex");
    /// })
    /// .join();
    /// let guard = mutex.lock().unwrap_or_else(|mut poisoned| {
    ///     **poisoned.get_mut() = 1;
    ///     mutex.clear_poison();
    ///     poisoned.into_inner()
    /// });
    /// assert_eq!(*guard, 1);
    /// drop(guard);
    /// assert!(mutex.lock().is_ok());
    /// ```
    #[inline]
    pub fn clear_poison(&self) {
        self.poison.clear();
    }

    /// Takes the mutex apart, and returns what it protected.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned; the error has the data.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Mutex;
    ///
    /// assert_eq!(Mutex::new(7).into_inner().unwrap(), 7);
    /// ```
    pub fn into_inner(self) -> LockResult<T>
    where
        T: Sized,
    {
        let data = self.data.into_inner();
        self.poison.check(data)
    }

    /// The data, without locking: who calls this has the mutex to himself.
    ///
    /// # Errors
    ///
    /// If the mutex is poisoned; the error has the reference.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Mutex;
    ///
    /// let mut mutex = Mutex::new(1);
    /// *mutex.get_mut().unwrap() = 2;
    /// assert_eq!(*mutex.lock().unwrap(), 2);
    /// ```
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.poison.check(self.data.get_mut())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(t: T) -> Self {
        Mutex::new(t)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => text.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => text.field("data", &&**error.get_ref()),
            Err(TryLockError::WouldBlock) => text.field("data", &"<locked>"),
        };
        text.field("poisoned", &self.is_poisoned()).finish_non_exhaustive()
    }
}
