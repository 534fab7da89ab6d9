//! A value that is made when it is first used.

use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::{fmt, sync};

use super::Once;
use crate::oslock::Mutex;

/// A value that is made when it is first used; std's [`LazyLock`](sync::LazyLock).
///
/// Those who come while it is being made wait: green threads of any hub park, and so do OS threads.
/// Using it costs what it costs with std's.
///
/// If making it panics, is killed, or times out, it is poisoned: whoever uses it panics from then on.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::LazyLock;
/// use eventlet::green::{thread, time::Duration};
///
/// static CONFIG: LazyLock<String> = LazyLock::new(|| {
///     // It may wait: the others wait for it.
///     thread::sleep(Duration::from_millis(1));
///     "loaded once".to_owned()
/// });
///
/// let readers: Vec<_> = (0..3).map(|_| thread::spawn(|| CONFIG.len())).collect();
/// for reader in readers {
///     assert_eq!(reader.join().unwrap(), 11);
/// }
/// ```
pub struct LazyLock<T, F = fn() -> T> {
    /// Who makes the value, and who waits for that.
    once: Once,
    /// Set in the turn that `once` gives, and not otherwise: so nobody ever waits in here.
    value: sync::OnceLock<T>,
    /// What makes the value, until it is called. Only who has the turn looks, so nobody ever waits.
    init: Mutex<Option<F>>,
}

// As std's, which keeps the closure in itself.
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// A value that `f` will make.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::LazyLock;
    ///
    /// static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| "a b c".split(' ').collect());
    /// assert_eq!(WORDS.len(), 3);
    /// ```
    pub const fn new(f: F) -> LazyLock<T, F> {
        LazyLock { once: Once::new(), value: sync::OnceLock::new(), init: Mutex::new(Some(f)) }
    }

    /// The value, made now if it has not been, to be changed.
    ///
    /// # Panics
    ///
    /// Panics as [`force`](LazyLock::force) does.
    ///
    /// # Switching
    ///
    /// Switches only where making it does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::LazyLock;
    ///
    /// let mut lazy = LazyLock::new(|| 5);
    /// *LazyLock::force_mut(&mut lazy) += 1;
    /// assert_eq!(*lazy, 6);
    /// ```
    #[inline]
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        LazyLock::force(this);
        this.value.get_mut().expect("it has been made")
    }

    /// The value, made now if it has not been: what `*` does, in words.
    ///
    /// # Panics
    ///
    /// Panics if making it panics, or has unwound before, and if making it leads back here: there std
    /// would wait for ever.
    ///
    /// # Switching
    ///
    /// Switches while someone else makes the value, even while the caller unwinds, and where making
    /// it does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::LazyLock;
    ///
    /// let lazy = LazyLock::new(|| 5);
    /// assert_eq!(LazyLock::force(&lazy), &5);
    /// ```
    #[inline]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        if let Some(value) = this.value.get() {
            return value;
        }
        this.make();
        this.value.get().expect("it has been made")
    }

    #[cold]
    fn make(&self) {
        self.once.call_once_force(|state| {
            assert!(!state.is_poisoned(), "LazyLock instance has previously been poisoned");
            let init = self.init.lock().take();
            let init = init.expect("it is called once");
            let is_first = self.value.set(init()).is_ok();
            debug_assert!(is_first, "nobody else sets it");
        });
    }
}

impl<T, F> LazyLock<T, F> {
    /// The value, if it has been made, to be changed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::LazyLock;
    ///
    /// let mut lazy = LazyLock::new(|| 5);
    /// assert_eq!(LazyLock::get_mut(&mut lazy), None);
    /// assert_eq!(*lazy, 5);
    /// assert_eq!(LazyLock::get_mut(&mut lazy), Some(&mut 5));
    /// ```
    #[inline]
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        this.value.get_mut()
    }

    /// The value, if it has been made.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::LazyLock;
    ///
    /// let lazy = LazyLock::new(|| 5);
    /// assert_eq!(LazyLock::get(&lazy), None);
    /// assert_eq!(*lazy, 5);
    /// assert_eq!(LazyLock::get(&lazy), Some(&5));
    /// ```
    #[inline]
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        this.value.get()
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    /// A value that is made by `T::default`.
    fn default() -> LazyLock<T> {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LazyLock");
        match LazyLock::get(self) {
            Some(value) => tuple.field(value),
            None => tuple.field(&format_args!("<uninit>")),
        };
        tuple.finish()
    }
}
