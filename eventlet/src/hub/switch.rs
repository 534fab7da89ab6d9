//! Leaving the current fiber, and telling whose unwinding `std::thread::panicking` means.

use std::thread::panicking;

use super::fiber::FiberRc;
use super::{Hub, with};
use crate::coroutine;

/// Leaves the current fiber, whose new state has been set, until it runs again.
///
/// Inlined as far up as possible: after a switch, the processor mispredicts every return to a
/// frame that was entered before it, and that costs as much as the switch itself.
#[inline(always)]
pub(super) fn leave(is_main: bool) {
    if is_main {
        with(Hub::drive);
    } else {
        coroutine::suspend();
    }
}

impl Hub {
    /// Leaves the current fiber, whose new state has been set.
    pub(super) fn switch(&self, fiber: &FiberRc) {
        self.before_leaving(fiber, false);
        leave(fiber.is_main);
        self.after_leaving(fiber);
    }

    /// Notes whether the fiber that will be left unwinds.
    #[inline]
    pub(super) fn before_leaving(&self, fiber: &FiberRc, unwinding: bool) {
        fiber.unwinding.set(unwinding);
        if unwinding && !fiber.locals.are_own() {
            self.n_unwinding.set(self.n_unwinding.get() + 1);
        }
    }

    /// The fiber is back; says whether it unwinds.
    #[inline]
    pub(super) fn after_leaving(&self, fiber: &FiberRc) -> bool {
        let unwinding = fiber.unwinding.get();
        if unwinding && !fiber.locals.are_own() {
            self.n_unwinding.set(self.n_unwinding.get() - 1);
        }
        unwinding
    }

    /// Whether this fiber, which is the current one, and not another one of the thread, is unwinding:
    /// then nothing is thrown into it. Nor is anything while its thread-local variables are dropped.
    #[inline]
    pub(super) fn is_unwinding(&self, fiber: &FiberRc) -> bool {
        if fiber.locals.are_own() {
            // The count that the flag is made of is among its own variables.
            return panicking() || fiber.locals.are_ending();
        }
        panicking()
            && (fiber.unwinding.get() || self.n_unwinding.get() == 0 && !self.is_misled.get())
    }

    /// Whether the current fiber is unwinding: then I/O and sleep must not switch.
    #[inline]
    pub(crate) fn current_is_unwinding(&self) -> bool {
        panicking() && self.try_current_fiber().is_none_or(|fiber| self.is_unwinding(&fiber))
    }
}
