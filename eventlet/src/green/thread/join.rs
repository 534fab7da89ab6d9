//! Waiting for the end of a green thread, in std's way.

use std::sync::Arc;
use std::{fmt, thread};

use super::Thread;
use crate::greenthread::GreenThread;

/// A green thread whose result can be waited for; std's [`JoinHandle`](thread::JoinHandle).
///
/// Dropping it detaches the green thread. Unlike std's it stays on its OS thread, as the green
/// thread does:
///
/// ```compile_fail
/// fn assert_send<T: Send>(_: T) {}
/// assert_send(eventlet::green::thread::spawn(|| 1));
/// ```
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let handle = thread::spawn(|| "hello".len());
/// assert!(!handle.is_finished());
/// assert_eq!(handle.join().unwrap(), 5);
/// ```
pub struct JoinHandle<T> {
    green: GreenThread<T>,
    thread: Thread,
}

impl<T: 'static> JoinHandle<T> {
    pub(super) fn new(green: GreenThread<T>, name: Option<Arc<str>>) -> Self {
        let thread = Thread::new(green.id(), name);
        JoinHandle { green, thread }
    }

    /// Waits for the end and returns the result, or the payload of the panic.
    ///
    /// # Errors
    ///
    /// Fails if the green thread panicked. One that was killed, or ended by a
    /// [`Timeout`](crate::Timeout), has no payload of its own; then it is a `String` that says so.
    ///
    /// # Panics
    ///
    /// Panics if a green thread waits for itself. Panics in the main context where the hub finds
    /// that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the green thread has ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let payload = thread::spawn(|| panic!("no luck")).join().unwrap_err();
    /// assert_eq!(payload.downcast_ref(), Some(&"no luck"));
    /// ```
    pub fn join(self) -> thread::Result<T> {
        self.green.wait().map_err(|exit| -> Box<_> {
            if exit.is_panic() { exit.into_panic() } else { Box::new(exit.to_string()) }
        })
    }

    /// Which green thread it is.
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
    /// let handle = thread::spawn(|| thread::current().id());
    /// let id = handle.thread().id();
    /// assert_eq!(handle.join().unwrap(), id);
    /// ```
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Whether it has ended, so that [`join`](JoinHandle::join) would not wait.
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
    /// let handle = thread::spawn(|| ());
    /// assert!(!handle.is_finished());
    /// thread::yield_now();
    /// assert!(handle.is_finished());
    /// ```
    pub fn is_finished(&self) -> bool {
        self.green.is_dead()
    }
}

impl<T: 'static> From<JoinHandle<T>> for GreenThread<T> {
    /// The same green thread in Eventlet's terms, where it can be killed and linked to.
    fn from(handle: JoinHandle<T>) -> Self {
        handle.green
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
