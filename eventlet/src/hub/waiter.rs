//! The right to end one wait of one fiber.

use super::fiber::{FiberRc, Outcome, State};
use crate::unwind::{self, Payload};

/// Ends one particular wait of a fiber; later ones are not affected.
#[derive(Clone)]
pub(crate) struct Waiter {
    pub(super) fiber: FiberRc,
    pub(super) wait: u32,
}

impl Waiter {
    /// Ends the wait, and says whether it did: a wait that has ended in another way is not woken.
    ///
    /// It only queues the fiber and never switches. A wait whose deadline has passed is still
    /// ended by this if the fiber has not run since: data wins over a timeout.
    #[inline]
    pub(crate) fn wake(self) -> bool {
        let fiber = &self.fiber;
        if fiber.wait.get() != self.wait {
            return false;
        }
        let outcome = fiber.outcome.get();
        if outcome == Outcome::Pending {
            fiber.outcome.set(Outcome::Ready);
            if fiber.state.get() == State::Parked {
                super::try_with(|hub| hub.enqueue(self.fiber));
            }
            return true;
        }
        let is_expired = outcome == Outcome::Expired;
        if is_expired {
            fiber.outcome.set(Outcome::Ready);
        }
        is_expired
    }

    /// The id of the fiber that waits.
    pub(crate) fn id(&self) -> u64 {
        self.fiber.id
    }

    /// Whether both end the same wait.
    pub(crate) fn is(&self, other: &Waiter) -> bool {
        self.wait == other.wait && std::rc::Rc::ptr_eq(&self.fiber, &other.fiber)
    }
}

/// How a wait ended.
pub(crate) enum Wake {
    /// Someone woke it.
    Ready,
    /// Its own deadline passed.
    TimedOut,
    /// It is to unwind with this payload, after putting its affairs in order.
    Thrown(Payload),
}

impl Wake {
    /// Unwinds if something was thrown; otherwise says whether the wait was ended by a wake.
    pub(crate) fn ready_or_raise(self) -> bool {
        match self {
            Wake::Ready => true,
            Wake::TimedOut => false,
            Wake::Thrown(payload) => unwind::raise(payload),
        }
    }
}
