//! A value that is set once.

use std::{fmt, sync};

use super::Once;

/// A value that is set once, by whoever comes first; std's [`OnceLock`](sync::OnceLock).
///
/// Those who come while it is being made wait: green threads of any hub park, and so do OS threads.
/// Reading it costs what it costs with std's.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::OnceLock;
/// use eventlet::green::{thread, time::Duration};
///
/// static CONFIG: OnceLock<String> = OnceLock::new();
///
/// fn config() -> &'static str {
///     CONFIG.get_or_init(|| {
///         // It may wait: the others wait for it.
///         thread::sleep(Duration::from_millis(1));
///         "loaded once".to_owned()
///     })
/// }
///
/// let readers: Vec<_> = (0..3).map(|_| thread::spawn(config)).collect();
/// for reader in readers {
///     assert_eq!(reader.join().unwrap(), "loaded once");
/// }
/// ```
pub struct OnceLock<T> {
    /// Who sets the value, and who waits for that.
    once: Once,
    /// Set in the turn that `once` gives, and not otherwise: so nobody ever waits in here.
    value: sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// One without a value.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// assert_eq!(OnceLock::<u8>::new().get(), None);
    /// ```
    #[must_use]
    pub const fn new() -> OnceLock<T> {
        OnceLock { once: Once::new(), value: sync::OnceLock::new() }
    }

    /// The value, if it is there.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// assert_eq!(OnceLock::from(5).get(), Some(&5));
    /// ```
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// The value, if it is there, to be changed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// let mut lock = OnceLock::from(5);
    /// *lock.get_mut().unwrap() += 1;
    /// assert_eq!(lock.into_inner(), Some(6));
    /// ```
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Waits for the value. Whoever fails to make it does not end the wait.
    ///
    /// # Panics
    ///
    /// Panics if the caller is the one who is making it.
    ///
    /// # Switching
    ///
    /// Switches unless the value is there, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// static ANSWER: OnceLock<i32> = OnceLock::new();
    /// eventlet::spawn(|| ANSWER.set(42));
    /// assert_eq!(*ANSWER.wait(), 42);
    /// ```
    #[inline]
    pub fn wait(&self) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        self.once.wait_force();
        self.made()
    }

    /// Sets the value, unless there is one. If one is being made, waits for that.
    ///
    /// # Errors
    ///
    /// Fails if there is a value, and gives the other one back.
    ///
    /// # Panics
    ///
    /// Panics if the caller is the one who is making it.
    ///
    /// # Switching
    ///
    /// Switches while someone else makes the value, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// let lock = OnceLock::new();
    /// assert_eq!(lock.set(1), Ok(()));
    /// assert_eq!(lock.set(2), Err(2));
    /// ```
    #[inline]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().expect("it is called once"));
        value.map_or(Ok(()), Err)
    }

    /// The value; the first who asks makes it. If that fails, the next one does.
    ///
    /// # Panics
    ///
    /// Panics if `f` asks for the value that it makes: std would wait for ever.
    ///
    /// # Switching
    ///
    /// Switches while someone else makes the value, even while the caller unwinds, and where `f`
    /// does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// let lock = OnceLock::new();
    /// assert_eq!(*lock.get_or_init(|| 5), 5);
    /// assert_eq!(*lock.get_or_init(|| unreachable!()), 5);
    /// ```
    #[inline]
    pub fn get_or_init<F>(&self, f: F) -> &T
    where
        F: FnOnce() -> T,
    {
        if let Some(value) = self.get() {
            return value;
        }
        self.make(f);
        self.made()
    }

    #[cold]
    fn make(&self, f: impl FnOnce() -> T) {
        self.once.call_once_force(|_| {
            let is_first = self.value.set(f()).is_ok();
            debug_assert!(is_first, "nobody else sets it");
        });
    }

    fn made(&self) -> &T {
        self.get().expect("it has been made")
    }

    /// The value, if it is there.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// assert_eq!(OnceLock::from("it").into_inner(), Some("it"));
    /// ```
    #[inline]
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the value, if it is there; another one can be set then.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::OnceLock;
    ///
    /// let mut lock = OnceLock::from(1);
    /// assert_eq!(lock.take(), Some(1));
    /// assert_eq!(lock.set(2), Ok(()));
    /// ```
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        std::mem::take(self).into_inner()
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Std's shows the name that this one has, too.
        fmt::Debug::fmt(&self.value, f)
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    fn clone(&self) -> OnceLock<T> {
        self.get().cloned().map_or_else(OnceLock::new, OnceLock::from)
    }
}

impl<T> From<T> for OnceLock<T> {
    /// One with this value.
    fn from(value: T) -> Self {
        OnceLock { once: Once::completed(), value: sync::OnceLock::from(value) }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &OnceLock<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}
