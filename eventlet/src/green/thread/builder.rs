//! Spawning with a name or another stack size, in std's way.

use std::io;

use super::{JoinHandle, Scope, ScopedJoinHandle};
use crate::greenthread;

/// Std raises sizes that are too small, too. Here a panic can still be printed with its backtrace.
const LEAST_STACK: usize = 64 * 1024;

/// Spawns green threads with a name or another stack size; std's
/// [`Builder`](std::thread::Builder).
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let handle = thread::Builder::new()
///     .name("parser".into())
///     .stack_size(1024 * 1024)
///     .spawn(|| thread::current().name().map(str::to_owned))?;
/// assert_eq!(handle.join().unwrap().as_deref(), Some("parser"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// A builder without a name, with the default stack size.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let handle = thread::Builder::new().spawn(|| 1)?;
    /// assert_eq!(handle.join().unwrap(), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[allow(clippy::new_without_default, reason = "std's has no default")]
    pub fn new() -> Builder {
        Builder { name: None, stack_size: None }
    }

    /// Names the green thread, for reports and [`Thread::name`](super::Thread::name).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let handle = thread::Builder::new().name("writer".into()).spawn(|| ())?;
    /// assert_eq!(handle.thread().name(), Some("writer"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn name(mut self, name: String) -> Builder {
        self.name = Some(name);
        self
    }

    /// Sets how many bytes of stack it has, rounded up to whole pages, and to 64 KiB at
    /// least.
    ///
    /// Sizes in code for OS threads can stay: address space is reserved, and only touched pages
    /// cost memory. The default is 256 KiB, or what `EVENTLET_STACK_SIZE` says. More than 1 GiB is
    /// refused by [`spawn`](Builder::spawn).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let handle = thread::Builder::new().stack_size(2 << 20).spawn(|| [0u8; 1 << 20].len())?;
    /// assert_eq!(handle.join().unwrap(), 1 << 20);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stack_size(mut self, size: usize) -> Builder {
        self.stack_size = Some(size);
        self
    }

    /// Starts the green thread, as [`spawn`](super::spawn) does.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the stack is to be too large,
    /// and with [`OutOfMemory`](io::ErrorKind::OutOfMemory) if no stack can be mapped.
    ///
    /// # Panics
    ///
    /// Panics if the name contains a null byte, as std does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let refused = thread::Builder::new().stack_size(usize::MAX).spawn(|| ());
    /// assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        self.build().spawn_parcel(f).map(JoinHandle::new)
    }

    /// Starts a green thread that may borrow, without a look at the lifetimes.
    ///
    /// # Errors
    ///
    /// Fails where [`spawn`](Builder::spawn) does.
    ///
    /// # Panics
    ///
    /// Panics where [`spawn`](Builder::spawn) does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Safety
    ///
    /// What the closure and its result borrow must be there until the green thread has ended: until
    /// it has been joined, say, however the caller is left. [`scope`](super::scope) sees to that by
    /// itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let text = String::from("borrowed");
    /// // SAFETY: it is joined in the next line, and nothing comes in between.
    /// let counting = unsafe { thread::Builder::new().spawn_unchecked(|| text.len()) }?;
    /// assert_eq!(counting.join().unwrap(), 8);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[allow(unsafe_code, reason = "std has it so")]
    #[track_caller]
    pub unsafe fn spawn_unchecked<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T,
    {
        // SAFETY: the caller promises the same.
        unsafe { self.build().spawn_parcel_unchecked(f) }.map(JoinHandle::new)
    }

    /// Starts a green thread that may borrow what outlives `scope`, as [`Scope::spawn`] does.
    ///
    /// # Errors
    ///
    /// Fails where [`spawn`](Builder::spawn) does.
    ///
    /// # Panics
    ///
    /// Panics where [`spawn`](Builder::spawn) does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let text = String::from("borrowed");
    /// let length = thread::scope(|s| {
    ///     let builder = thread::Builder::new().name("counter".into());
    ///     builder.spawn_scoped(s, || text.len()).map(|counting| counting.join().unwrap())
    /// })?;
    /// assert_eq!(length, 8);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        scope.start(self.build(), f)
    }

    /// The same in Eventlet's terms.
    #[track_caller]
    fn build(self) -> greenthread::Builder {
        let mut builder = greenthread::Builder::new();
        if let Some(name) = self.name {
            assert!(!name.contains('\0'), "thread name may not contain interior null bytes");
            builder = builder.name(name);
        }
        if let Some(size) = self.stack_size {
            builder = builder.stack_size(size.max(LEAST_STACK));
        }
        builder
    }
}
