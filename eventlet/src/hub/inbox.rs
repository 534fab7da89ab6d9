//! How other OS threads reach a hub: they put a message in its inbox, and rouse it if it sleeps.

use std::mem;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use mio::Waker;
use slab::Slab;

use super::outside::{RemoteWaiter, WaitKey};
use super::seat::Seat;
use super::{Hub, as_library};
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind;

/// What the hub itself is to do for another thread. It must not unwind, wait, or run code of the
/// user's: for that it starts a fiber.
pub(crate) type Job = Box<dyn FnOnce(&Hub) + Send>;

pub(super) enum Message {
    /// To end a wait.
    Wake(WaitKey),
    Run(Job),
}

/// From whom a hub still takes messages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Access {
    Open,
    /// It takes no new work any more.
    Draining,
    /// Nobody reads the messages any more.
    Closed,
}

/// The half of a hub that is shared with other OS threads.
pub(crate) struct Remote {
    mail: Mutex<Mail>,
    /// Whether there is mail, readable without the lock: the hub looks on every turn.
    has_mail: AtomicBool,
    /// Whether the hub is, or is about to be, asleep in the poller.
    asleep: AtomicBool,
    /// Who runs.
    pub(super) seat: Arc<Seat>,
    /// Owned here so that it lives as long as anyone may use it: a waker that is dropped takes
    /// its unread wake-ups with it.
    waker: Arc<Waker>,
}

struct Mail {
    /// In the order they were sent.
    messages: Vec<Message>,
    access: Access,
    /// Who is woken when nobody reads the messages any more.
    mourners: Slab<RemoteWaiter>,
}

impl Remote {
    pub(super) fn new(waker: Waker, hub: u64) -> Self {
        Remote {
            mail: Mutex::new(Mail {
                messages: Vec::new(),
                access: Access::Open,
                mourners: Slab::new(),
            }),
            has_mail: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            seat: Arc::new(Seat::new(hub)),
            waker: Arc::new(waker),
        }
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock()
    }

    /// Asks the hub to end a wait. Says false if it is gone: it has nobody left to wake.
    pub(super) fn wake(&self, wait: WaitKey) -> bool {
        self.send(Message::Wake(wait), Access::Draining).is_none()
    }

    /// Gives the hub new work, or gives it back if the hub takes none any more.
    pub(crate) fn submit(&self, job: Job) -> Result<(), Job> {
        self.run(job, Access::Open)
    }

    /// Tells the hub to do something about what it has; nothing happens if it is gone.
    pub(crate) fn instruct(&self, job: Job) {
        drop(self.run(job, Access::Draining));
    }

    fn run(&self, job: Job, least: Access) -> Result<(), Job> {
        match self.send(Message::Run(job), least) {
            Some(Message::Run(job)) => Err(job),
            _ => Ok(()),
        }
    }

    /// Sends a message to a hub that is as accessible as `least` or better, and rouses it if it
    /// sleeps; gives the message back otherwise.
    fn send(&self, message: Message, least: Access) -> Option<Message> {
        {
            let mut mail = self.mail();
            if mail.access > least {
                return Some(message);
            }
            mail.messages.push(message);
            self.has_mail.store(true, Ordering::SeqCst);
            self.seat.let_wait();
        }
        // Either this sees that the hub is falling asleep and rouses it, or the hub, which says
        // so before it looks for mail a last time, sees the mail (all sequentially consistent).
        if self.asleep.swap(false, Ordering::SeqCst) {
            as_library(|| self.waker.wake()).expect("the waker of a hub can be written");
        }
        None
    }

    /// Whether there is mail.
    #[inline]
    pub(super) fn has_mail(&self) -> bool {
        self.has_mail.load(Ordering::Acquire)
    }

    /// Exchanges the mail for an empty list, whose memory is used again.
    fn take(&self, list: &mut Vec<Message>) {
        let mut mail = self.mail();
        self.has_mail.store(false, Ordering::SeqCst);
        mem::swap(&mut mail.messages, list);
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

    /// Whether new work is taken.
    pub(crate) fn is_open(&self) -> bool {
        self.mail().access == Access::Open
    }

    /// Refuses new work from now on.
    pub(crate) fn refuse_work(&self) {
        let mut mail = self.mail();
        if mail.access == Access::Open {
            mail.access = Access::Draining;
        }
    }

    /// Refuses all further mail, drops what has not been read, and wakes the mourners.
    pub(super) fn close(&self) {
        let (unread, mourners) = {
            let mut mail = self.mail();
            mail.access = Access::Closed;
            (mem::take(&mut mail.messages), mem::take(&mut mail.mourners))
        };
        // What the jobs carry is the user's.
        unread.into_iter().for_each(unwind::drop_contained);
        mourners.iter().for_each(|(_, mourner)| mourner.wake());
    }

    /// Adds one who is woken when the hub ends; returns its place, or nothing if it has ended.
    pub(super) fn add_mourner(&self, waiter: RemoteWaiter) -> Option<usize> {
        let mut mail = self.mail();
        (mail.access != Access::Closed).then(|| mail.mourners.insert(waiter))
    }

    pub(super) fn remove_mourner(&self, place: usize) {
        let removed = self.mail().mourners.try_remove(place);
        drop(removed);
    }
}

/// What a handle holds of another hub. While there is one, the hub may hope to be woken; when the
/// last is gone it looks again whether it does so in vain.
#[derive(Clone)]
pub(crate) struct Address {
    /// Taken by `drop`.
    remote: Option<Arc<Remote>>,
}

impl Address {
    pub(crate) fn of(hub: &Hub) -> Self {
        Address { remote: Some(hub.remote.clone()) }
    }

    /// That of a hub, if it still exists.
    pub(super) fn upgrade(remote: &Weak<Remote>) -> Option<Self> {
        Some(Address { remote: Some(remote.upgrade()?) })
    }

    fn remote(&self) -> &Arc<Remote> {
        self.remote.as_ref().expect("it is taken by `drop` only")
    }

    /// Whether it leads to this hub.
    pub(crate) fn is_of(&self, hub: &Hub) -> bool {
        Arc::ptr_eq(self.remote(), &hub.remote)
    }
}

impl Deref for Address {
    type Target = Remote;

    fn deref(&self) -> &Remote {
        self.remote()
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        let Some(remote) = self.remote.take() else { return };
        let (waker, rest) = (remote.waker.clone(), Arc::downgrade(&remote));
        // Counted afterwards: of several that are dropped at once, one finds itself to be the last.
        drop(remote);
        // The other one is the hub's own.
        if rest.strong_count() == 1 {
            // If it cannot be woken, it is not asleep.
            let _ = as_library(|| waker.wake());
        }
    }
}

/// A burst may leave a list of more messages than this; its memory is given back.
const LIST_KEPT: usize = 4096;

impl Hub {
    /// Refuses all further mail, and drops what has not been read.
    pub(crate) fn close_inbox(&self) {
        self.remote.close();
    }

    /// Does what other threads have asked for, in the order they did.
    pub(crate) fn take_mail(&self) {
        if !self.remote.has_mail() {
            return;
        }
        let mut list = self.read_mail.take();
        self.remote.take(&mut list);
        for message in list.drain(..) {
            match message {
                Message::Wake(wait) => self.end_wait(wait),
                Message::Run(job) => job(self),
            }
        }
        if list.capacity() <= LIST_KEPT {
            self.read_mail.set(list);
        }
    }
}
