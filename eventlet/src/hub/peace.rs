//! Waiting for a wake and for nothing else.

use super::fiber::{FiberRc, Outcome, State};
use super::switch::leave;
use super::time::Time;
use super::waiter::Waiter;
use super::{Hub, with};
use crate::coroutine;

/// Like [`park`](super::park), without a deadline, for one who must not unwind before it is woken.
///
/// What is thrown into the fiber meanwhile is raised at its next wait, and limits go off after this
/// one.
///
/// # Panics
///
/// Panics where `park` does.
pub(crate) fn park_in_peace(waiter: Waiter, waits_for: &'static str) {
    let Some(unwinding) = with(|hub| hub.begin_peace(&waiter.fiber, waits_for)) else { return };
    leave(waiter.fiber.is_main);
    with(|hub| hub.end_peace(&waiter.fiber, unwinding));
}

impl Hub {
    /// Parks the current fiber, unless its wait has ended; says whether it unwinds.
    fn begin_peace(&self, fiber: &FiberRc, waits_for: &'static str) -> Option<bool> {
        coroutine::assert_switchable();
        if fiber.outcome.get() == Outcome::Ready {
            fiber.outcome.set(Outcome::None);
            return None;
        }
        let unwinding = self.is_unwinding(fiber);
        fiber.waits_for.set(waits_for);
        fiber.deadline.set(Time::NEVER);
        self.set_timer(fiber, Time::NEVER);
        fiber.state.set(State::Parked);
        self.before_leaving(fiber, unwinding);
        // Others leave alone who is switched out unwinding. It is not counted among those, since
        // `std::thread::panicking` does not mean it.
        fiber.unwinding.set(true);
        Some(unwinding)
    }

    fn end_peace(&self, fiber: &FiberRc, unwinding: bool) {
        fiber.unwinding.set(unwinding);
        self.after_leaving(fiber);
        let outcome = fiber.outcome.replace(Outcome::None);
        debug_assert_eq!(outcome, Outcome::Ready, "nothing else ends the wait");
    }
}
