//! Waits that other OS threads may end: what every primitive that crosses hubs is built on.
//!
//! ```text
//!   this hub                                     any thread
//!   wait_for_outside ──► RemoteWaiter ─────────► wake
//!        │  parks                                  │ the same hub: at once
//!        ◄────────────── inbox ◄───────────────────┘ another one: by mail
//! ```

use std::sync::Arc;

use slab::Slab;

use super::hubless::Blocked;
use super::inbox::Remote;
use super::time::Time;
use super::waiter::{Waiter, Wake};
use super::{Hub, park, try_with};

/// Names a wait for ever: its place among the waits, which is used again, and a number, which is
/// not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WaitKey {
    place: usize,
    number: u64,
}

/// Waits of this hub's fibers that other threads may end.
#[derive(Default)]
pub(super) struct RemoteWaits {
    waits: Slab<RemoteWait>,
    next: u64,
    /// How many wait for what another thread does.
    n_certain: usize,
}

struct RemoteWait {
    number: u64,
    waiter: Waiter,
    /// Another thread will end it, and it takes the time it takes: a paused clock stands still.
    is_certain: bool,
}

impl RemoteWaits {
    /// Whether another thread is sure to end one of them.
    pub(super) fn has_certain(&self) -> bool {
        self.n_certain > 0
    }

    fn add(&mut self, waiter: Waiter, is_certain: bool) -> WaitKey {
        let number = self.next;
        self.next += 1;
        self.n_certain += usize::from(is_certain);
        WaitKey { place: self.waits.insert(RemoteWait { number, waiter, is_certain }), number }
    }

    fn remove(&mut self, key: WaitKey) -> Option<Waiter> {
        if self.waits.get(key.place)?.number != key.number {
            return None;
        }
        let wait = self.waits.remove(key.place);
        self.n_certain -= usize::from(wait.is_certain);
        Some(wait.waiter)
    }
}

/// Ends one wait of one fiber, or of an OS thread that has no hub, from any thread.
#[derive(Clone)]
pub(crate) struct RemoteWaiter {
    whose: Whose,
}

#[derive(Clone)]
enum Whose {
    Fiber {
        /// Its hub; none if that is the only one that will end the wait.
        remote: Option<Arc<Remote>>,
        key: WaitKey,
    },
    Thread(Arc<Blocked>),
}

impl RemoteWaiter {
    /// That of an OS thread without a hub.
    pub(super) fn of_thread(blocked: Arc<Blocked>) -> Self {
        RemoteWaiter { whose: Whose::Thread(blocked) }
    }

    /// Ends the wait, if it still lasts and its hub still exists.
    pub(crate) fn wake(&self) {
        self.try_wake();
    }

    /// Ends the wait, if it still lasts. Says false if its hub is gone, and nobody will come.
    pub(crate) fn try_wake(&self) -> bool {
        match &self.whose {
            Whose::Fiber { remote, key } => {
                let is_ours = try_with(|hub| {
                    let is_ours = is_of(remote.as_ref(), hub);
                    if is_ours {
                        hub.end_wait(*key);
                    }
                    is_ours
                });
                is_ours == Some(true) || remote.as_ref().is_some_and(|remote| remote.wake(*key))
            }
            Whose::Thread(blocked) => {
                blocked.wake();
                true
            }
        }
    }

    /// Whether who waits belongs to the caller's hub.
    pub(crate) fn is_here(&self) -> bool {
        let Whose::Fiber { remote, .. } = &self.whose else { return false };
        try_with(|hub| is_of(remote.as_ref(), hub)) == Some(true)
    }
}

fn is_of(remote: Option<&Arc<Remote>>, hub: &Hub) -> bool {
    remote.is_none_or(|remote| Arc::ptr_eq(&hub.remote, remote))
}

/// Who ends a wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ender {
    /// Another thread, for sure.
    Outside,
    Anyone,
    /// A fiber of the same hub.
    Own,
}

/// Keeps a wait within the reach of other threads; ends that when dropped.
struct Reach {
    key: WaitKey,
}

impl Drop for Reach {
    fn drop(&mut self) {
        let waiter = try_with(|hub| hub.remote_waits.borrow_mut().remove(self.key));
        // Perhaps the last that holds the fiber: dropped while nothing is borrowed.
        drop(waiter);
    }
}

impl Hub {
    /// Waits until the waiter that `register` is given is woken by another thread, which it surely
    /// will be, or `deadline` has passed. `register` says whether there is anything to wait for; it
    /// runs before the caller parks, and being woken in between is not lost.
    ///
    /// As with [`park`], the caller raises what was thrown into it.
    pub(crate) fn wait_for_outside(
        &self,
        waits_for: &'static str,
        deadline: Time,
        register: impl FnOnce(RemoteWaiter) -> bool,
    ) -> Wake {
        self.wait_until_woken(waits_for, deadline, Ender::Outside, register)
    }

    /// Like [`wait_for_outside`](Hub::wait_for_outside), where a fiber of this hub may be the one
    /// that ends the wait. A paused clock jumps meanwhile.
    pub(crate) fn wait_for_anyone(
        &self,
        waits_for: &'static str,
        deadline: Time,
        register: impl FnOnce(RemoteWaiter) -> bool,
    ) -> Wake {
        self.wait_until_woken(waits_for, deadline, Ender::Anyone, register)
    }

    /// Like [`wait_for_anyone`](Hub::wait_for_anyone), where the waiter is woken in this hub if
    /// anywhere. If nobody here can, that is found to be a deadlock.
    pub(crate) fn wait_for_own(
        &self,
        waits_for: &'static str,
        deadline: Time,
        register: impl FnOnce(RemoteWaiter) -> bool,
    ) -> Wake {
        self.wait_until_woken(waits_for, deadline, Ender::Own, register)
    }

    fn wait_until_woken(
        &self,
        waits_for: &'static str,
        deadline: Time,
        ender: Ender,
        register: impl FnOnce(RemoteWaiter) -> bool,
    ) -> Wake {
        let (waiter, _reach) = self.begin_outside(ender, register);
        park(waiter, waits_for, deadline)
    }

    /// Like [`wait_for_anyone`](Hub::wait_for_anyone), for one who must not unwind
    /// [before its wait has ended](super::park_in_peace); says whether it was woken.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(crate) fn wait_in_peace(
        &self,
        waits_for: &'static str,
        deadline: Time,
        register: impl FnOnce(RemoteWaiter) -> bool,
    ) -> bool {
        let (waiter, _reach) = self.begin_outside(Ender::Anyone, register);
        super::park_in_peace(waiter, waits_for, deadline)
    }

    /// Begins a wait that is within the reach of others.
    fn begin_outside(
        &self,
        ender: Ender,
        register: impl FnOnce(RemoteWaiter) -> bool,
    ) -> (Waiter, Reach) {
        let waiter = self.begin_wait();
        let is_certain = ender == Ender::Outside;
        let key = self.remote_waits.borrow_mut().add(waiter.clone(), is_certain);
        let reach = Reach { key };
        let remote = (ender != Ender::Own).then(|| self.remote.clone());
        if !register(RemoteWaiter { whose: Whose::Fiber { remote, key } }) {
            waiter.clone().wake();
        }
        (waiter, reach)
    }

    /// Ends a wait of this hub, if it still lasts.
    pub(super) fn end_wait(&self, key: WaitKey) {
        let waiter = self.remote_waits.borrow_mut().remove(key);
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}
