//! What `unpark` leaves for `park`.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind;

const ABSENT: u32 = 0;
const GIVEN: u32 = 1;
/// The green thread waits for it.
const AWAITED: u32 = 2;

/// Lets one green thread pass once, or has it wait until it may.
#[derive(Default)]
pub(crate) struct Token {
    state: AtomicU32,
    /// Whom to wake; put here before the state says that it waits.
    waiter: Mutex<Option<RemoteWaiter>>,
}

impl Token {
    /// Gives it, from any thread. There is never more than one.
    pub(crate) fn give(&self) {
        if self.state.swap(GIVEN, AcqRel) == AWAITED {
            self.wake();
        }
    }

    /// Takes it, waiting for it until `deadline`. Raises what is thrown meanwhile. It is for the one
    /// green thread that it belongs to.
    pub(crate) fn take(&self, deadline: Time) {
        let mut is_late = false;
        // It may be woken for a token that it has had: by one who was slow to do so.
        while !self.try_take() && !is_late {
            is_late = self.wait(deadline);
        }
    }

    fn try_take(&self) -> bool {
        self.state.compare_exchange(GIVEN, ABSENT, Acquire, Relaxed).is_ok()
    }

    /// Waits once, and says whether the deadline has passed. A token that has come is left.
    #[cold]
    fn wait(&self, deadline: Time) -> bool {
        let wake = hub::wait_for_anyone("unpark", deadline, |waiter| self.expect(waiter));
        // If that fails, it has been given.
        let _ = self.state.compare_exchange(AWAITED, ABSENT, Relaxed, Relaxed);
        match wake {
            Wake::Ready => false,
            Wake::TimedOut => true,
            Wake::Thrown(payload) => unwind::raise(payload),
        }
    }

    /// Says whether there is anything to wait for.
    fn expect(&self, waiter: RemoteWaiter) -> bool {
        *self.waiter() = Some(waiter);
        self.state.compare_exchange(ABSENT, AWAITED, AcqRel, Relaxed).is_ok()
    }

    #[cold]
    fn wake(&self) {
        let waiter = self.waiter().take();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    fn waiter(&self) -> MutexGuard<'_, Option<RemoteWaiter>> {
        self.waiter.lock()
    }
}
