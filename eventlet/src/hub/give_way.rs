//! Yielding: the others run, and then the one who yields goes on.

use std::thread::panicking;

use super::fiber::State;
use super::time::Time;
use super::{Hub, with};
use crate::coroutine;

/// Lets every fiber run that is runnable now. This is the point where a kill or a timeout that has
/// come meanwhile is raised.
///
/// The switch itself is inlined into the user's code, since a return after a switch is one that
/// the processor cannot predict.
#[inline(always)]
pub(crate) fn yield_now() {
    if with(Hub::begin_yield) {
        coroutine::suspend();
        with(Hub::end_yield);
    }
}

impl Hub {
    /// Queues the current fiber if that is all there is to a yield; else does all of the yield.
    /// Says whether the caller is to suspend.
    #[inline]
    fn begin_yield(&self) -> bool {
        coroutine::assert_switchable();
        let current = self.current.borrow();
        if let Some(fiber) = &*current
            && !fiber.is_main
            && !fiber.thrown.is_some()
            && fiber.alarms.earliest() == Time::NEVER
            && !panicking()
        {
            fiber.unwinding.set(false);
            fiber.state.set(State::Queued);
            return true;
        }
        drop(current);
        self.yield_with_care();
        false
    }

    /// Raises what was thrown at the current fiber while it was switched out.
    #[inline]
    fn end_yield(&self) {
        if self.current.borrow().as_ref().is_some_and(|fiber| fiber.thrown.is_some()) {
            self.raise_at_current();
        }
    }

    #[cold]
    fn raise_at_current(&self) {
        self.raise_thrown(&self.current_fiber());
    }

    /// A yield of the main context, or of a fiber that has alarms or unwinds.
    #[inline(never)]
    fn yield_with_care(&self) {
        let fiber = self.current_fiber();
        let unwinding = self.is_unwinding(&fiber);
        if unwinding {
            return;
        }
        self.raise_thrown(&fiber);
        let has_alarms = fiber.alarms.earliest() < Time::NEVER;
        if has_alarms {
            // With a timer running, the hub reads the clock.
            if fiber.alarms.has_rough() {
                fiber.alarms.settle(self.clock.read());
            }
            self.set_timer(&fiber, fiber.alarms.earliest());
        }
        fiber.state.set(State::Queued);
        if fiber.is_main {
            self.queue.borrow_mut().push(fiber.clone());
        }
        self.switch(&fiber);
        self.raise_thrown(&fiber);
        if has_alarms {
            self.raise_due_alarm(&fiber);
        }
    }
}
