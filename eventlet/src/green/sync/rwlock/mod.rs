//! Many readers or one writer; who waits parks.

mod raw;
#[allow(unsafe_code, reason = "access to the data of a lock, for who reads under it")]
mod read;
#[allow(unsafe_code, reason = "access to the data of a lock, for who writes under it")]
mod write;

use std::cell::UnsafeCell;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{LockResult, TryLockError, TryLockResult};

use raw::RawRwLock;
pub use read::RwLockReadGuard;
pub use write::RwLockWriteGuard;

use super::poison::Poison;

/// Protects what it holds: many may read it at once, or one may write. It is [`std::sync::RwLock`],
/// but who waits for it parks, and others run. It may be shared by green threads of one hub, of
/// several hubs, and plain OS threads.
///
/// # Who is next
///
/// Those who wait come in in the order they came, readers that are next to each other together.
/// While anyone waits, nobody passes the line: neither a reader while others read and a writer
/// waits, nor a writer that unlocks and locks again. So nobody waits for ever while others come and
/// go. It means, as std warns, that who reads already and wants to read once more may wait for a
/// writer that waits for him. A writer of another OS thread is called, as with a
/// [`Mutex`](super::Mutex#who-is-next), and whoever finds the lock empty before it comes goes in.
///
/// # Poisoning
///
/// It is poisoned when the guard of a writer is dropped by unwinding that began while it was held,
/// as in std. [Kills](crate::GreenThread::kill) and [timeouts](crate::Timeout) unwind, too: one that
/// arrives while a writer waits for something else poisons the lock. Where that is to be expected,
/// and what the lock protects is in order at every wait, take the guard out of the error by
/// [`PoisonError::into_inner`](std::sync::PoisonError::into_inner), or mend the data and call
/// [`clear_poison`](RwLock::clear_poison). Readers poison nothing, nor do those who wait for the lock.
///
/// # Examples
///
/// ```
/// use eventlet::green::{sync::{Arc, RwLock}, thread};
///
/// let rules = Arc::new(RwLock::new(vec!["a"]));
/// let theirs = rules.clone();
/// let writer = thread::spawn(move || theirs.write().unwrap().push("b"));
/// writer.join().unwrap();
/// let (one, other) = (rules.read().unwrap(), rules.read().unwrap());
/// assert_eq!([one.len(), other.len()], [2, 2]);
/// ```
pub struct RwLock<T: ?Sized> {
    raw: RawRwLock,
    poison: Poison,
    /// Touched by guards, and by who has the lock to himself.
    data: UnsafeCell<T>,
}

impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

impl<T> RwLock<T> {
    /// An unlocked lock round `t`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// static RULES: RwLock<Vec<&str>> = RwLock::new(Vec::new());
    /// assert!(RULES.read().unwrap().is_empty());
    /// ```
    #[inline]
    pub const fn new(t: T) -> RwLock<T> {
        RwLock { raw: RawRwLock::new(), poison: Poison::new(), data: UnsafeCell::new(t) }
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Locks for reading, once nobody writes and those who came before have had it.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned; it is locked all the same, and the error has the guard.
    ///
    /// # Panics
    ///
    /// If there are more than a thousand million readers.
    ///
    /// # Switching
    ///
    /// Switches if it has to wait, even while unwinding.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// let reading = lock.read().unwrap();
    /// assert!(lock.try_write().is_err());
    /// assert_eq!(*reading, 1);
    /// ```
    #[inline]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        self.raw.read();
        self.poison.check(RwLockReadGuard::new(self))
    }

    /// Locks for reading if nobody writes or waits.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] if somebody writes or waits; [`TryLockError::Poisoned`] if the
    /// lock is poisoned: then it is locked all the same, and the error has the guard.
    ///
    /// # Panics
    ///
    /// If there are more than a thousand million readers.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// assert_eq!(*lock.try_read().unwrap(), 1);
    /// let _writing = lock.write().unwrap();
    /// assert!(lock.try_read().is_err());
    /// ```
    #[inline]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        self.poison.check_tried(self.raw.try_read().then(|| RwLockReadGuard::new(self)))
    }

    /// Locks for writing, once nobody reads or writes and those who came before have had it.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned; it is locked all the same, and the error has the guard.
    ///
    /// # Switching
    ///
    /// Switches if it has to wait, even while unwinding.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// *lock.write().unwrap() = 2;
    /// assert_eq!(*lock.read().unwrap(), 2);
    /// ```
    #[inline]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        self.raw.write();
        self.poison.check(RwLockWriteGuard::new(self))
    }

    /// Locks for writing if nobody reads, writes or waits.
    ///
    /// # Errors
    ///
    /// [`TryLockError::WouldBlock`] if somebody reads, writes or waits; [`TryLockError::Poisoned`] if
    /// the lock is poisoned: then it is locked all the same, and the error has the guard.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// *lock.try_write().unwrap() = 2;
    /// let _reading = lock.read().unwrap();
    /// assert!(lock.try_write().is_err());
    /// ```
    #[inline]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        self.poison.check_tried(self.raw.try_write().then(|| RwLockWriteGuard::new(self)))
    }

    /// Whether the lock is poisoned. If nobody has it locked, that may have changed by the time the
    /// answer is there.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Arc, RwLock}, thread};
    ///
    /// let lock = Arc::new(RwLock::new(0));
    /// let theirs = lock.clone();
    /// let _ = thread::spawn(move || {
    ///     let _writing = theirs.write().unwrap();
    ///     panic!("poisons the lock");
    /// })
    /// .join();
    /// assert!(lock.is_poisoned());
    /// ```
    #[inline]
    pub fn is_poisoned(&self) -> bool {
        self.poison.is_set()
    }

    /// Says that the data is in order again: from now on the lock is not poisoned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Arc, RwLock}, thread};
    ///
    /// let lock = Arc::new(RwLock::new(0));
    /// let theirs = lock.clone();
    /// let _ = thread::spawn(move || {
    ///     let _writing = theirs.write().unwrap();
    ///     panic!("poisons the lock");
    /// })
    /// .join();
    /// *lock.write().unwrap_err().into_inner() = 1;
    /// lock.clear_poison();
    /// assert_eq!(*lock.read().unwrap(), 1);
    /// ```
    #[inline]
    pub fn clear_poison(&self) {
        self.poison.clear();
    }

    /// Takes the lock apart, and returns what it protected.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned; the error has the data.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// assert_eq!(RwLock::new(7).into_inner().unwrap(), 7);
    /// ```
    pub fn into_inner(self) -> LockResult<T>
    where
        T: Sized,
    {
        let data = self.data.into_inner();
        self.poison.check(data)
    }

    /// The data, without locking: who calls this has the lock to himself.
    ///
    /// # Errors
    ///
    /// If the lock is poisoned; the error has the reference.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::RwLock;
    ///
    /// let mut lock = RwLock::new(1);
    /// *lock.get_mut().unwrap() = 2;
    /// assert_eq!(*lock.read().unwrap(), 2);
    /// ```
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.poison.check(self.data.get_mut())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => text.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => text.field("data", &&**error.get_ref()),
            Err(TryLockError::WouldBlock) => text.field("data", &format_args!("<locked>")),
        };
        text.field("poisoned", &self.is_poisoned()).finish_non_exhaustive()
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(t: T) -> Self {
        RwLock::new(t)
    }
}
