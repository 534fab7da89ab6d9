//! Giving way: yield, and waiting for a wake or a deadline.

use std::thread::panicking;

use super::Hub;
use super::fiber::{FiberRc, Outcome, State};
use super::time::Time;
use super::waiter::{Waiter, Wake};
use crate::coroutine;
use crate::unwind::Payload;

impl Hub {
    /// Begins a wait of the current fiber. Give the waiter to whoever is to end the wait, then
    /// call [`park`](Hub::park): being woken in between is not lost.
    #[inline]
    pub(crate) fn begin_wait(&self) -> Waiter {
        let fiber = self.current_fiber();
        let wait = fiber.wait.get().wrapping_add(1);
        fiber.wait.set(wait);
        fiber.outcome.set(Outcome::Pending);
        Waiter { fiber, wait }
    }

    /// Waits until `waiter` is woken or `deadline` has passed, and lets others run meanwhile.
    ///
    /// `waits_for` is shown in reports. If something is thrown into the fiber, the caller puts
    /// its affairs in order and raises it. A fiber that unwinds is left in peace: it can be woken
    /// and its own deadline counts, but nothing is thrown into it.
    ///
    /// # Panics
    ///
    /// Panics inside a generator of the user's own, and where the hub finds a deadlock.
    #[inline]
    pub(crate) fn park(&self, waiter: &Waiter, waits_for: &'static str, deadline: Time) -> Wake {
        let fiber = &waiter.fiber;
        debug_assert_eq!(fiber.wait.get(), waiter.wait, "another wait was begun in between");
        coroutine::assert_switchable();
        if fiber.outcome.get() == Outcome::Ready {
            fiber.outcome.set(Outcome::None);
            return Wake::Ready;
        }
        let unwinding = self.is_unwinding(fiber);
        if !unwinding && let Some(payload) = fiber.take_thrown() {
            fiber.outcome.set(Outcome::None);
            return thrown(fiber, payload);
        }
        fiber.waits_for.set(waits_for);
        fiber.deadline.set(deadline);
        loop {
            self.set_timer(fiber, self.effective_deadline(fiber, unwinding));
            fiber.state.set(State::Parked);
            self.switch(fiber, unwinding);
            if let Some(wake) = self.conclude(fiber, deadline, unwinding) {
                return wake;
            }
        }
    }

    /// Says how a wait has ended; not at all if the alarm that ended it was taken back meanwhile.
    #[inline]
    fn conclude(&self, fiber: &FiberRc, deadline: Time, unwinding: bool) -> Option<Wake> {
        let outcome = fiber.outcome.replace(Outcome::None);
        if outcome == Outcome::Ready {
            return Some(Wake::Ready);
        }
        if outcome == Outcome::Thrown {
            let payload = fiber.take_thrown().expect("a fiber is thrown something at");
            return Some(thrown(fiber, payload));
        }
        debug_assert_eq!(outcome, Outcome::Expired, "a fiber ran without being woken");
        let now = self.clock.last();
        if deadline <= now && (unwinding || deadline <= fiber.alarms.earliest()) {
            return Some(Wake::TimedOut);
        }
        if let Some(alarm) = fiber.alarms.take_due(now) {
            return Some(thrown(fiber, self.went_off(fiber, alarm)));
        }
        fiber.outcome.set(Outcome::Pending);
        None
    }

    /// Lets every fiber run that is runnable now. This is the point where a kill or a timeout
    /// that has come meanwhile is raised.
    #[inline]
    pub(crate) fn yield_now(&self) {
        let fiber = self.current_fiber();
        coroutine::assert_switchable();
        let unwinding = self.is_unwinding(&fiber);
        if unwinding {
            return;
        }
        self.raise_thrown(&fiber);
        let has_alarms = fiber.alarms.earliest() < Time::NEVER;
        if has_alarms {
            // With a timer running, the hub reads the clock.
            self.set_timer(&fiber, fiber.alarms.earliest());
        }
        fiber.state.set(State::Queued);
        if fiber.is_main {
            self.queue.borrow_mut().push_back(fiber.clone());
        }
        self.switch(&fiber, false);
        self.raise_thrown(&fiber);
        if has_alarms {
            self.raise_due_alarm(&fiber);
        }
    }

    /// Waits until `deadline`.
    pub(crate) fn sleep_until_deadline(&self, deadline: Time) {
        let waiter = self.begin_wait();
        self.park(&waiter, "sleep", deadline).ready_or_raise();
    }

    /// Leaves the current fiber, whose new state has been set.
    #[inline]
    pub(super) fn switch(&self, fiber: &FiberRc, unwinding: bool) {
        fiber.unwinding.set(unwinding);
        if unwinding {
            self.n_unwinding.set(self.n_unwinding.get() + 1);
        }
        if fiber.is_main {
            self.drive();
        } else {
            coroutine::suspend();
        }
        if unwinding {
            self.n_unwinding.set(self.n_unwinding.get() - 1);
        }
    }

    /// Whether this fiber, and not another one of the thread, is unwinding.
    #[inline]
    pub(super) fn is_unwinding(&self, fiber: &FiberRc) -> bool {
        panicking()
            && (fiber.unwinding.get() || self.n_unwinding.get() == 0 && !self.is_misled.get())
    }

    /// Whether the current fiber is unwinding: then I/O and sleep must not switch.
    #[inline]
    pub(crate) fn current_is_unwinding(&self) -> bool {
        panicking() && self.try_current_fiber().is_none_or(|fiber| self.is_unwinding(&fiber))
    }

    /// When the wait of a parked fiber, or one of its alarms, is due.
    #[inline]
    pub(super) fn effective_deadline(&self, fiber: &FiberRc, unwinding: bool) -> Time {
        let deadline = fiber.deadline.get();
        if unwinding { deadline } else { deadline.min(fiber.alarms.earliest()) }
    }

    /// Makes sure that a timer fires at `deadline` or earlier.
    #[inline]
    fn set_timer(&self, fiber: &FiberRc, deadline: Time) {
        match fiber.timer.get() {
            None if deadline == Time::NEVER => {}
            None => self.arm(fiber, deadline),
            Some((_, at)) if at <= deadline && deadline < Time::NEVER => {}
            Some((key, _)) => {
                self.timers.borrow_mut().cancel(key);
                fiber.timer.set(None);
                if deadline < Time::NEVER {
                    self.arm(fiber, deadline);
                }
            }
        }
    }

    pub(super) fn arm(&self, fiber: &FiberRc, at: Time) {
        let key = self.timers.borrow_mut().insert(at, fiber.clone());
        fiber.timer.set(Some((key, at)));
    }
}

/// The end of a wait that the caller is going to unwind from.
fn thrown(fiber: &FiberRc, payload: Payload) -> Wake {
    fiber.unwinding.set(true);
    Wake::Thrown(payload)
}
