//! Which green thread is meant.

use std::fmt;
use std::sync::Arc;

use crate::greenthread::Identity;

/// Which green thread is meant: its id and its name; std's [`Thread`](std::thread::Thread).
///
/// It can be sent to other OS threads, and [`unpark`](Thread::unpark) works from there.
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
    identity: Arc<Identity>,
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
    pub(super) fn new(identity: Arc<Identity>) -> Self {
        Thread { identity }
    }

    /// What eventlet knows it by.
    pub(super) fn number(&self) -> u64 {
        self.identity.id
    }

    /// Lets it pass its next [`park`](super::park), or go on if it is parked.
    ///
    /// Several calls before that are as good as one.
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
    /// let parked = thread::spawn(thread::park);
    /// // Any OS thread may do it.
    /// let thread = parked.thread().clone();
    /// std::thread::spawn(move || thread.unpark());
    /// parked.join().unwrap();
    /// ```
    pub fn unpark(&self) {
        self.identity.token.give();
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
        ThreadId(self.identity.id)
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
        self.identity.name.as_deref()
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("id", &self.id())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
