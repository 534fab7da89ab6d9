//! A green thread of another hub.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use super::residents;
use super::slot::Slot;
use crate::greenthread::Exit;
use crate::hub::{self, Address};
use crate::unwind;

/// A green thread of another hub, whose result can be waited for. Made by
/// [`HubHandle::spawn`](super::HubHandle::spawn).
///
/// It may be sent to other OS threads, and waited for in any hub. Dropping it detaches the green
/// thread.
///
/// # Examples
///
/// ```
/// let hub = eventlet::hubs::spawn_hub()?;
/// let thread = hub.spawn(|| std::thread::current().id());
/// assert_ne!(thread.wait().unwrap(), std::thread::current().id());
/// # hub.shutdown(std::time::Duration::ZERO);
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "JoinHandle")]
pub struct RemoteThread<T> {
    slot: Arc<Slot<T>>,
    /// What its hub knows it by.
    number: u64,
    address: Address,
}

impl<T> RemoteThread<T> {
    pub(super) fn new(slot: Arc<Slot<T>>, number: u64, address: Address) -> Self {
        RemoteThread { slot, number, address }
    }

    /// Waits for the end and returns the result, or why there is none.
    ///
    /// # Errors
    ///
    /// Fails if the green thread was killed, panicked, or did not handle a timeout; and, with
    /// [`is_abandoned`](Exit::is_abandoned), if its hub has ended before it or did not take it any
    /// more.
    ///
    /// # Panics
    ///
    /// Panics if a green thread waits for itself.
    ///
    /// # Switching
    ///
    /// Switches unless the green thread has ended, even while the caller unwinds. Only the caller
    /// waits: other green threads of its OS thread run.
    ///
    /// # Examples
    ///
    /// ```
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// assert_eq!(hub.spawn(|| 6 * 7).wait().unwrap(), 42);
    /// assert!(hub.spawn(|| panic!("contained")).wait().unwrap_err().is_panic());
    /// # hub.shutdown(std::time::Duration::ZERO);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "join")]
    pub fn wait(self) -> Result<T, Exit> {
        loop {
            if let Some(result) = self.slot.take() {
                return result;
            }
            assert!(!residents::is_current(self.number), "a green thread cannot wait for itself");
            if let hub::Wake::Thrown(payload) = hub::with(|hub| self.slot.wait(hub)) {
                unwind::raise(payload);
            }
        }
    }

    /// Asks its hub to kill the green thread, as [`kill`](crate::GreenThread::kill) does there.
    ///
    /// It does not wait for that: [`wait`](RemoteThread::wait) does. If the hub is gone, nothing
    /// happens.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// let thread = hub.spawn(|| eventlet::sleep(Duration::from_secs(60)));
    /// thread.kill();
    /// assert!(thread.wait().unwrap_err().is_killed());
    /// # hub.shutdown(Duration::ZERO);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn kill(&self) {
        let (number, asked_at) = (self.number, Location::caller());
        if !self.is_dead() {
            self.address.instruct(Box::new(move |hub| residents::kill(hub, number, asked_at)));
        }
    }

    /// Whether the green thread has ended, so that [`wait`](RemoteThread::wait) would not wait.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// let thread = hub.spawn(|| ());
    /// hub.shutdown(Duration::from_secs(5));
    /// assert!(thread.is_dead());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "is_finished")]
    pub fn is_dead(&self) -> bool {
        self.slot.has_ended()
    }
}

impl<T> Drop for RemoteThread<T> {
    fn drop(&mut self) {
        self.slot.detach();
    }
}

impl<T> fmt::Debug for RemoteThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteThread").field("is_dead", &self.is_dead()).finish_non_exhaustive()
    }
}
