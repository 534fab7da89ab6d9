//! Waiting for the end of a green thread, in std's way.

use std::sync::Arc;
use std::{fmt, thread};

use super::Thread;
use crate::Handle;
use crate::greenthread::{self, Identity, Parcel};
use crate::hub;

/// A green thread whose result can be waited for; std's [`JoinHandle`](thread::JoinHandle).
///
/// Dropping it detaches the green thread. The green thread stays on its OS thread, but the handle may
/// go to others if the result may: it is `Send` and `Sync` where `T` is `Send`. There it is waited for
/// in the same way. If the OS thread of the green thread ends before it, [`join`](JoinHandle::join)
/// fails.
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
    parcel: Arc<Parcel<T>>,
    thread: Thread,
}

impl<T> JoinHandle<T> {
    pub(super) fn new((parcel, identity): (Arc<Parcel<T>>, Arc<Identity>)) -> Self {
        JoinHandle { parcel, thread: Thread::new(identity) }
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

    /// Waits for the end and returns the result, or the payload of the panic.
    ///
    /// # Errors
    ///
    /// Fails if the green thread panicked. One that was killed, or ended by a
    /// [`Timeout`](crate::Timeout), or whose OS thread has ended, has no payload of its own; then it
    /// is a `String` that says so.
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
        self.parcel.fetch(self.thread.number()).map_err(crate::Exit::into_payload)
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
        self.parcel.has_ended()
    }

    /// The green thread in Eventlet's terms, to kill it or link to it: not in std, of course.
    ///
    /// There is none after its end, and none on other OS threads. It is looked for among all green
    /// threads of the hub.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{thread, time::Duration};
    ///
    /// let thread = thread::spawn(|| thread::sleep(Duration::from_secs(60)));
    /// thread.green_handle().unwrap().kill();
    /// assert!(thread.is_finished());
    /// ```
    pub fn green_handle(&self) -> Option<Handle> {
        hub::try_with(|hub| greenthread::find(hub, self.thread.number())).flatten()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
