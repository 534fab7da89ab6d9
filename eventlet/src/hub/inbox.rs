//! How other OS threads reach a hub: they put a wake in its inbox, and rouse it if it sleeps.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mio::Waker;

use super::Hub;
use super::waiter::Waiter;

/// The half of a hub that is shared with other OS threads.
pub(super) struct Remote {
    mail: Mutex<Mail>,
    /// Whether there is mail, readable without the lock: the hub looks on every turn.
    has_mail: AtomicBool,
    /// Whether the hub is, or is about to be, asleep in the poller.
    asleep: AtomicBool,
    /// Owned here so that it lives as long as anyone may use it: a waker that is dropped takes
    /// its unread wake-ups with it.
    waker: Waker,
}

struct Mail {
    /// The numbers of waits that are to be ended.
    wakes: Vec<u64>,
    /// Set when the hub's thread has ended.
    is_closed: bool,
}

impl Remote {
    pub(super) fn new(waker: Waker) -> Self {
        Remote {
            mail: Mutex::new(Mail { wakes: Vec::new(), is_closed: false }),
            has_mail: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            waker,
        }
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the hub to end a wait, and rouses it if it sleeps. A hub that is gone has nobody left
    /// to wake.
    fn send(&self, number: u64) {
        {
            let mut mail = self.mail();
            if mail.is_closed {
                return;
            }
            mail.wakes.push(number);
            self.has_mail.store(true, Ordering::SeqCst);
        }
        // Either this sees that the hub is falling asleep and rouses it, or the hub, which says
        // so before it looks for mail a last time, sees the mail (all sequentially consistent).
        if self.asleep.swap(false, Ordering::SeqCst) {
            self.waker.wake().expect("the waker of a hub can be written");
        }
    }

    /// Whether there is mail.
    #[inline]
    pub(super) fn has_mail(&self) -> bool {
        self.has_mail.load(Ordering::Acquire)
    }

    fn take(&self) -> Vec<u64> {
        let mut mail = self.mail();
        self.has_mail.store(false, Ordering::SeqCst);
        mem::take(&mut mail.wakes)
    }

    /// Says that the hub will sleep. Returns false if there is mail and it must not.
    pub(super) fn fall_asleep(&self) -> bool {
        self.asleep.store(true, Ordering::SeqCst);
        if self.has_mail.load(Ordering::SeqCst) {
            self.wake_up();
            return false;
        }
        true
    }

    pub(super) fn wake_up(&self) {
        self.asleep.store(false, Ordering::SeqCst);
    }

    /// Refuses all further mail.
    pub(super) fn close(&self) {
        self.mail().is_closed = true;
    }
}

/// Waits of this hub's fibers that other threads may end.
#[derive(Default)]
pub(super) struct RemoteWaits {
    waits: HashMap<u64, Waiter>,
    next: u64,
}

impl RemoteWaits {
    pub(super) fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }
}

/// Ends one wait of one fiber, from any thread.
pub(crate) struct RemoteWaiter {
    remote: Arc<Remote>,
    number: u64,
}

impl RemoteWaiter {
    /// Ends the wait, if it still lasts and its hub still exists.
    pub(crate) fn wake(&self) {
        self.remote.send(self.number);
    }
}

/// Keeps a wait within the reach of other threads; ends that when dropped.
pub(crate) struct RemoteWait {
    number: u64,
}

impl Drop for RemoteWait {
    fn drop(&mut self) {
        super::try_with(|hub| hub.remote_waits.borrow_mut().waits.remove(&self.number));
    }
}

impl Hub {
    /// Lets other threads end the wait of `waiter`, for as long as the returned guard lives.
    pub(crate) fn reach_from_outside(&self, waiter: Waiter) -> (RemoteWait, RemoteWaiter) {
        let mut waits = self.remote_waits.borrow_mut();
        let number = waits.next;
        waits.next += 1;
        waits.waits.insert(number, waiter);
        (RemoteWait { number }, RemoteWaiter { remote: self.remote.clone(), number })
    }

    /// Ends the waits that other threads have asked to end.
    pub(super) fn take_mail(&self) {
        if !self.remote.has_mail() {
            return;
        }
        for number in self.remote.take() {
            let waiter = self.remote_waits.borrow_mut().waits.remove(&number);
            if let Some(waiter) = waiter {
                waiter.wake();
            }
        }
    }
}
