//! The right to end one wait of one fiber.

use super::fiber::{FiberRc, Outcome, State};
use crate::unwind::{self, Payload};

/// Ends one particular wait of a fiber; later ones are not affected.
///
/// It is `pub` for the hidden half of `Waitable`; nobody outside can name it.
#[derive(Clone)]
pub struct Waiter {
    pub(super) fiber: FiberRc,
    pub(super) wait: u32,
    /// Told to the fiber when this ends its wait: several may be out for the same one.
    pub(super) tag: u32,
}

impl Waiter {
    /// One for the same wait, with a tag of its own; see [`Hub::woken_by`](super::Hub::woken_by).
    pub(crate) fn tagged(&self, tag: u32) -> Waiter {
        Waiter { tag, ..self.clone() }
    }

    /// Whether the wait can still be ended by a wake.
    pub(crate) fn is_waiting(&self) -> bool {
        self.fiber.wait.get() == self.wait
            && matches!(self.fiber.outcome.get(), Outcome::Pending | Outcome::Expired)
    }

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
            fiber.woken_by.set(self.tag);
            if fiber.state.get() == State::Parked {
                super::try_with(|hub| hub.enqueue(self.fiber));
            }
            return true;
        }
        let is_expired = outcome == Outcome::Expired;
        if is_expired {
            fiber.outcome.set(Outcome::Ready);
            fiber.woken_by.set(self.tag);
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
