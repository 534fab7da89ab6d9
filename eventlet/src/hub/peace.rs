//! Waiting for a wake and for nothing else.

use super::fiber::{FiberRc, Outcome, State};
use super::switch::leave;
use super::time::Time;
use super::waiter::Waiter;
use super::{Hub, with};
use crate::coroutine;

/// Like [`park`](super::park), for one who must not unwind before its wait has ended; says whether that
/// was by a wake.
///
/// What is thrown into the fiber meanwhile is raised at its next wait, and limits go off after this
/// one.
///
/// # Panics
///
/// Panics where `park` does.
pub(crate) fn park_in_peace(waiter: Waiter, waits_for: &'static str, deadline: Time) -> bool {
    let begun = with(|hub| hub.begin_peace(&waiter.fiber, waits_for, deadline));
    let Some(unwinding) = begun else { return true };
    leave(waiter.fiber.is_main);
    with(|hub| hub.end_peace(&waiter.fiber, unwinding))
}

impl Hub {
    /// Parks the current fiber, unless its wait has ended; says whether it unwinds.
    fn begin_peace(
        &self,
        fiber: &FiberRc,
        waits_for: &'static str,
        deadline: Time,
    ) -> Option<bool> {
        coroutine::assert_switchable();
        if fiber.outcome.get() == Outcome::Ready {
            fiber.outcome.set(Outcome::None);
            return None;
        }
        let unwinding = self.is_unwinding(fiber);
        fiber.waits_for.set(waits_for);
        fiber.deadline.set(deadline);
        self.set_timer(fiber, deadline);
        fiber.state.set(State::Parked);
        self.before_leaving(fiber, unwinding);
        // Others leave alone who is switched out unwinding. It is not counted among those, since
        // `std::thread::panicking` does not mean it.
        fiber.unwinding.set(true);
        Some(unwinding)
    }

    /// Says whether the wait of a fiber that is back was ended by a wake.
    fn end_peace(&self, fiber: &FiberRc, unwinding: bool) -> bool {
        fiber.unwinding.set(unwinding);
        self.after_leaving(fiber);
        let outcome = fiber.outcome.replace(Outcome::None);
        debug_assert!(matches!(outcome, Outcome::Ready | Outcome::Expired), "nothing else ends it");
        outcome == Outcome::Ready
    }
}
