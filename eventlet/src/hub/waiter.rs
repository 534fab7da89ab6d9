//! The right to end one wait of one fiber.

use std::collections::VecDeque;

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
    pub(crate) fn wake(&self) -> bool {
        let fiber = &self.fiber;
        if fiber.wait.get() != self.wait {
            return false;
        }
        match fiber.outcome.get() {
            Outcome::Pending => {
                fiber.outcome.set(Outcome::Ready);
                if fiber.state.get() == State::Parked {
                    super::with(|hub| hub.enqueue(fiber.clone()));
                }
                true
            }
            Outcome::Expired => {
                fiber.outcome.set(Outcome::Ready);
                true
            }
            Outcome::None | Outcome::Ready | Outcome::Thrown => false,
        }
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
    pub(crate) fn is_ready_or_raise(self) -> bool {
        match self {
            Wake::Ready => true,
            Wake::TimedOut => false,
            Wake::Thrown(payload) => unwind::raise(payload),
        }
    }
}

/// Waiters in the order they came.
#[derive(Default)]
pub(crate) struct WaitQueue {
    waiters: VecDeque<Waiter>,
}

impl WaitQueue {
    pub(crate) fn push(&mut self, waiter: Waiter) {
        self.waiters.push_back(waiter);
    }

    /// Takes a waiter out, wherever it stands: its wait has ended in another way.
    pub(crate) fn remove(&mut self, waiter: &Waiter) {
        if let Some(index) = self.waiters.iter().position(|other| other.is(waiter)) {
            self.waiters.remove(index);
        }
    }

    /// Wakes the first that still waits; says whether there was one.
    pub(crate) fn wake_one(&mut self) -> bool {
        while let Some(waiter) = self.waiters.pop_front() {
            if waiter.wake() {
                return true;
            }
        }
        false
    }

    /// Wakes all, in order.
    pub(crate) fn wake_all(&mut self) {
        for waiter in self.waiters.drain(..) {
            waiter.wake();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }
}
