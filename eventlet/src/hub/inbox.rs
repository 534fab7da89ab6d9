//! How other OS threads reach a hub: they put a message in its inbox and wake it if it sleeps.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, mem};

use mio::Waker;

use super::Hub;
use super::waiter::Waiter;

/// What another thread can ask of a hub.
pub(crate) enum Message {
    /// End the wait that was registered under this number.
    Wake(u64),
    /// Run this on the hub, between two green threads. It must neither switch nor panic.
    #[allow(dead_code, reason = "the way in for hubs on several threads")]
    Run(Box<dyn FnOnce(&Hub) + Send>),
}

/// The half of a hub that may be shared between OS threads.
pub(crate) struct Remote {
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
    messages: Vec<Message>,
    /// Set when the hub's thread has ended.
    closed: bool,
}

/// The hub that was to be reached has ended with its thread.
#[derive(Debug)]
pub(crate) struct HubGone;

impl fmt::Display for HubGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the hub has ended with its OS thread")
    }
}

impl Remote {
    pub(super) fn new(waker: Waker) -> Self {
        Remote {
            mail: Mutex::new(Mail { messages: Vec::new(), closed: false }),
            has_mail: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            waker,
        }
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a message in the inbox; a hub that sleeps is woken.
    ///
    /// # Errors
    ///
    /// Fails if the hub's thread has ended.
    pub(crate) fn send(&self, message: Message) -> Result<(), HubGone> {
        {
            let mut mail = self.mail();
            if mail.closed {
                return Err(HubGone);
            }
            mail.messages.push(message);
            self.has_mail.store(true, Ordering::SeqCst);
        }
        // Either this sees that the hub is falling asleep and wakes it, or the hub, which says so
        // before it looks for mail a last time, sees the mail (both are sequentially consistent).
        if self.asleep.swap(false, Ordering::SeqCst) {
            self.waker.wake().expect("the waker of a hub can be written");
        }
        Ok(())
    }

    /// Whether there is mail.
    #[inline]
    pub(super) fn has_mail(&self) -> bool {
        self.has_mail.load(Ordering::Acquire)
    }

    pub(super) fn take(&self) -> Vec<Message> {
        let mut mail = self.mail();
        self.has_mail.store(false, Ordering::SeqCst);
        mem::take(&mut mail.messages)
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

    /// Refuses all further mail and drops what is there.
    pub(super) fn close(&self) {
        let messages = {
            let mut mail = self.mail();
            mail.closed = true;
            mem::take(&mut mail.messages)
        };
        drop(messages);
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
        // A hub that is gone has nobody left to wake.
        let _ = self.remote.send(Message::Wake(self.number));
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

    /// Does what the messages ask for.
    pub(super) fn take_mail(&self) {
        if !self.remote.has_mail() {
            return;
        }
        for message in self.remote.take() {
            match message {
                Message::Wake(number) => {
                    let waiter = self.remote_waits.borrow_mut().waits.remove(&number);
                    if let Some(waiter) = waiter {
                        waiter.wake();
                    }
                }
                Message::Run(job) => job(self),
            }
        }
    }
}
