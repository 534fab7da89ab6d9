//! Spawning with a name or another stack size, in std's way.

use std::io;

use super::JoinHandle;
use crate::greenthread;

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
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `spawn`"]
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
    pub fn new() -> Self {
        Self::default()
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
    pub fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets how many bytes of stack it has, rounded up to whole pages.
    ///
    /// Sizes in code for OS threads can stay: address space is reserved, and only touched pages
    /// cost memory. The default is 256 KiB, or what `EVENTLET_STACK_SIZE` says; 8 KiB to 1 GiB are
    /// allowed. Unlike std, which raises a size that is too small, [`spawn`](Builder::spawn)
    /// refuses it.
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
    pub fn stack_size(mut self, size: usize) -> Self {
        self.stack_size = Some(size);
        self
    }

    /// Starts the green thread, as [`spawn`](super::spawn) does.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the stack size is out of range,
    /// and with [`OutOfMemory`](io::ErrorKind::OutOfMemory) if no stack can be mapped.
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
    /// let refused = thread::Builder::new().stack_size(1).spawn(|| ());
    /// assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        let name = self.name.as_deref().map(Into::into);
        let mut builder = greenthread::Builder::new();
        if let Some(name) = self.name {
            builder = builder.name(name);
        }
        if let Some(size) = self.stack_size {
            builder = builder.stack_size(size);
        }
        Ok(JoinHandle::new(builder.spawn(f)?, name))
    }
}
