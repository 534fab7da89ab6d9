//! Waits of OS threads that have no hub: they block, since there is nothing they could run meanwhile.
//!
//! So a plain OS thread that waits for a lock costs no descriptors, and waits in a destructor of a
//! thread-local, too, when its hub is gone.

use std::sync::Arc;

use super::outside::RemoteWaiter;
use super::time::Time;
use super::waiter::Wake;
use super::{exists, with};
use crate::oslock::{Condvar, Mutex};

/// One wait of one OS thread.
#[derive(Default)]
pub(super) struct Blocked {
    has_ended: Mutex<bool>,
    ends: Condvar,
}

impl Blocked {
    pub(super) fn wake(&self) {
        *self.has_ended.lock() = true;
        self.ends.notify_one();
    }

    fn wait(&self) {
        let mut has_ended = self.has_ended.lock();
        while !*has_ended {
            has_ended = self.ends.wait(has_ended);
        }
    }
}

/// Waits as [`Hub::wait_for_anyone`](super::Hub::wait_for_anyone) does; without a deadline that works
/// where there is no hub, and none is made.
///
/// # Panics
///
/// Panics where [`park`](super::park) does; with a deadline, where [`with`] does.
pub(crate) fn wait_for_anyone(
    waits_for: &'static str,
    deadline: Time,
    register: impl FnOnce(RemoteWaiter) -> bool,
) -> Wake {
    if exists() || deadline < Time::NEVER {
        return with(|hub| hub.wait_for_anyone(waits_for, deadline, register));
    }
    let blocked = Arc::new(Blocked::default());
    if register(RemoteWaiter::of_thread(blocked.clone())) {
        blocked.wait();
    }
    Wake::Ready
}
