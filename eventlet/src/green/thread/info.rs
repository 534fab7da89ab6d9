//! Which green thread is meant.

use std::fmt;
use std::sync::Arc;
use std::thread;

use crate::hub::{self, Hub};

/// Which green thread is meant: its id and its name; std's [`Thread`](thread::Thread).
///
/// Unlike a [`JoinHandle`](super::JoinHandle) it can be sent to other OS threads.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let handle = thread::Builder::new().name("writer".into()).spawn(thread::current)?;
/// let id = handle.thread().id();
/// let seen = handle.join().unwrap();
/// assert_eq!((seen.id(), seen.name()), (id, Some("writer")));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Thread {
    id: ThreadId,
    name: Option<Arc<str>>,
}

/// Identifies a green thread: no other one of this process has or had the same id.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let main = thread::current().id();
/// assert_ne!(thread::spawn(|| thread::current().id()).join().unwrap(), main);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadId(u64);

impl Thread {
    pub(super) fn new(id: u64, name: Option<Arc<str>>) -> Self {
        Thread { id: ThreadId(id), name }
    }

    pub(super) fn current() -> Self {
        let fiber = hub::with(Hub::current_fiber);
        let name = if fiber.is_main {
            thread::current().name().map(Arc::from)
        } else {
            fiber.name.as_deref().map(Arc::from)
        };
        Thread::new(fiber.id, name)
    }

    /// What identifies it.
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
    /// assert_eq!(thread::current().id(), thread::current().id());
    /// ```
    #[must_use]
    pub fn id(&self) -> ThreadId {
        self.id
    }

    /// The name that it was given by [`Builder::name`](super::Builder::name).
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
    /// assert_eq!(thread::spawn(|| ()).thread().name(), None);
    /// ```
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("id", &self.id)
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
