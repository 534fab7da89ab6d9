//! What other OS threads hold of a hub.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::control::Control;
use super::life;
use super::remote::RemoteThread;
use super::slot::{Delivery, Slot};
use super::{Shutdown, residents};
use crate::hub::{self, Address, Time, Wake};
use crate::unwind;

/// A hub as other OS threads see it: a place to spawn green threads in.
///
/// Made by [`spawn_hub`](super::spawn_hub), and by [`Hub::handle`](super::Hub::handle) for a hub
/// that exists already. It can be cloned and sent anywhere; equal handles mean the same hub.
///
/// When the last handle of a hub that `spawn_hub` has made is dropped, the hub goes on until its
/// green threads have ended; then its OS thread ends.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::hubs;
///
/// let hub = hubs::spawn_hub()?;
/// let sums: Vec<_> = (1..=3).map(|n| hub.spawn(move || (1..=n * 10).sum::<u32>())).collect();
/// let sums: Vec<_> = sums.into_iter().map(|sum| sum.wait().unwrap()).collect();
/// assert_eq!(sums, [55, 210, 465]);
/// assert!(hub.shutdown(Duration::from_secs(1)).is_clean());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct HubHandle {
    id: u64,
    address: Address,
    /// None for a hub that was not made by `spawn_hub`.
    control: Option<Arc<Control>>,
}

impl HubHandle {
    /// A handle that has been counted.
    pub(super) fn new(id: u64, address: Address, control: Option<Arc<Control>>) -> Self {
        HubHandle { id, address, control }
    }

    /// The number of the hub, as [`Hub::id`](super::Hub::id).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::hubs;
    ///
    /// let hub = hubs::spawn_hub()?;
    /// let id = hub.spawn(|| hubs::get_hub().id()).wait().unwrap();
    /// assert_eq!(id, hub.id());
    /// # hub.shutdown(std::time::Duration::ZERO);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Starts a green thread in the hub, and returns a handle to wait for its result with.
    ///
    /// The closure and its result go to another OS thread and must be `Send`; what the closure
    /// makes there need not be. Green threads begin in the order they were spawned here. One that
    /// finds no memory for a stack begins when another one ends.
    ///
    /// A hub that has ended, or is shutting down, takes no more: then `f` is dropped at once, and
    /// waiting for it gives an error that [`is_abandoned`](crate::Exit::is_abandoned).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use std::time::Duration;
    ///
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// let thread = hub.spawn(|| {
    ///     let shared = Rc::new(40);
    ///     let theirs = shared.clone();
    ///     eventlet::spawn(move || *theirs + 2).wait().unwrap()
    /// });
    /// assert_eq!(thread.wait().unwrap(), 42);
    ///
    /// hub.shutdown(Duration::ZERO);
    /// assert!(hub.spawn(|| ()).wait().unwrap_err().is_abandoned());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(&self, f: F) -> RemoteThread<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let slot = Slot::new();
        let delivery = Delivery::new(slot.clone());
        let spawned_at = Location::caller();
        // Dropped if it is refused, and with it the delivery, which says so.
        drop(self.address.submit(Box::new(move |hub| {
            residents::admit(hub, number, spawned_at, f, delivery);
        })));
        RemoteThread::new(slot, number, self.address.clone())
    }

    /// Whether the hub takes new green threads: it has not ended, nor is it shutting down.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// assert!(hub.is_open());
    /// hub.shutdown(std::time::Duration::ZERO);
    /// assert!(!hub.is_open());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_open(&self) -> bool {
        self.address.is_open()
    }

    /// Ends the hub and its OS thread, and waits for that.
    ///
    /// From now on it takes no new green threads from other hubs. Those it has go on until all
    /// have ended or `limit` has passed; then those that are left are killed. Some may refuse to
    /// die: they catch the unwind and go on, or their destructors wait. A second after the kill
    /// they are abandoned, and listed on stderr. A green thread that computes and never waits
    /// holds up its hub; a second later still, this call returns without waiting for it.
    ///
    /// It may be called several times, and from several hubs: all calls return the same outcome,
    /// and of all limits the one that ends first counts. If the caller is killed or times out, the
    /// shutdown goes on without it. A green thread of the hub itself may call it, too; it is the
    /// last to be waited for, and is killed when the others have ended, so the call does not
    /// return.
    ///
    /// # Panics
    ///
    /// Panics if the hub was not made by [`spawn_hub`](super::spawn_hub).
    ///
    /// # Switching
    ///
    /// Switches until the OS thread has ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{hubs, sleep};
    ///
    /// let hub = hubs::spawn_hub()?;
    /// let short = hub.spawn(|| sleep(Duration::from_millis(5)));
    /// let long = hub.spawn(|| sleep(Duration::from_secs(3600)));
    /// let outcome = hub.shutdown(Duration::from_millis(200));
    /// assert_eq!((outcome.killed, outcome.abandoned), (1, 0));
    /// assert!(short.wait().is_ok());
    /// assert!(long.wait().unwrap_err().is_killed());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown(&self, limit: Duration) -> Shutdown {
        let Some(control) = &self.control else {
            panic!("this hub cannot be shut down: its OS thread was not started by spawn_hub");
        };
        self.request_shutdown(limit);
        let is_inside = hub::with(|hub| self.address.is_of(hub));
        let _leaving = is_inside.then(life::leave);
        let patience = limit.saturating_add(life::GRACE).saturating_add(life::GRACE);
        let deadline =
            if is_inside { Time::NEVER } else { hub::with(hub::Hub::now).after(patience) };
        loop {
            if let Some(outcome) = control.outcome() {
                control.join();
                return outcome;
            }
            match control.wait(deadline) {
                Wake::Ready => {}
                Wake::Thrown(payload) => unwind::raise(payload),
                Wake::TimedOut => return self.give_up(control),
            }
        }
    }

    /// Asks the hub to end within `limit`, and does not wait for it.
    pub(crate) fn request_shutdown(&self, limit: Duration) {
        if let Some(control) = &self.control {
            self.address.refuse_work();
            control.request(limit);
            self.nudge();
        }
    }

    fn give_up(&self, control: &Control) -> Shutdown {
        notice!(
            "eventlet: the hub '{}' does not react, since a green thread in it computes or blocks; \
             its OS thread is left alone",
            control.name
        );
        Shutdown { is_stuck: true, ..Shutdown::default() }
    }

    /// Lets the hub look at what it should be doing.
    fn nudge(&self) {
        self.address.instruct(Box::new(|_| life::look()));
    }
}

impl Clone for HubHandle {
    fn clone(&self) -> Self {
        if let Some(control) = &self.control {
            control.add_handle();
        }
        HubHandle { id: self.id, address: self.address.clone(), control: self.control.clone() }
    }
}

impl Drop for HubHandle {
    fn drop(&mut self) {
        let is_last = self.control.as_ref().is_some_and(|control| control.remove_handle());
        if is_last {
            self.nudge();
        }
    }
}

impl PartialEq for HubHandle {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for HubHandle {}

impl fmt::Debug for HubHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.control.as_ref().map(|control| &control.name);
        f.debug_struct("HubHandle").field("id", &self.id).field("name", &name).finish()
    }
}
