//! Waiting for a wake or a deadline.

use super::fiber::{FiberRc, Outcome, State};
use super::switch::leave;
use super::throw::{go_off, take_thrown};
use super::time::Time;
use super::waiter::{Waiter, Wake};
use super::{Hub, with};
use crate::coroutine;
use crate::unwind::Payload;

/// What a fiber waits for that nobody is to wake: its deadline alone.
pub(super) const SLEEP: &str = "sleep";

/// Lets others run until `waiter`, whose wait the current fiber has begun, is woken or `deadline`
/// has passed.
///
/// `waits_for` is shown in reports. If something is thrown into the fiber, the caller puts its
/// affairs in order and raises it. A fiber that unwinds is left in peace: it can be woken and its
/// own deadline counts, but nothing is thrown into it.
///
/// # Panics
///
/// Panics inside a generator of the user's own, and where the hub finds a deadlock.
#[inline(always)]
pub(crate) fn park(waiter: Waiter, waits_for: &'static str, deadline: Time) -> Wake {
    if let Some(wake) = with(|hub| hub.begin_park(&waiter, waits_for, deadline)) {
        return wake;
    }
    loop {
        leave(waiter.fiber.is_main);
        if let Some(wake) = with(|hub| hub.end_park(&waiter.fiber)) {
            return wake;
        }
    }
}

/// Waits until `deadline`; raises what is thrown meanwhile.
pub(crate) fn sleep_until(deadline: Time) {
    park(with(Hub::begin_wait), SLEEP, deadline).ready_or_raise();
}

impl Hub {
    /// Begins a wait of the current fiber. Give the waiter to whoever is to end the wait, then
    /// call [`park`]: being woken in between is not lost.
    #[inline]
    pub(crate) fn begin_wait(&self) -> Waiter {
        let fiber = self.current_fiber();
        let wait = fiber.wait.get().wrapping_add(1);
        fiber.wait.set(wait);
        fiber.outcome.set(Outcome::Pending);
        Waiter { fiber, wait, tag: 0 }
    }

    /// The tag of the waiter that ended the last wait of the current fiber by a wake.
    pub(crate) fn woken_by(&self) -> u32 {
        self.current_fiber().woken_by.get()
    }

    /// Parks the current fiber, which is then to be left; not if its wait has ended.
    #[inline]
    fn begin_park(&self, waiter: &Waiter, waits_for: &'static str, deadline: Time) -> Option<Wake> {
        let fiber = &waiter.fiber;
        debug_assert_eq!(fiber.wait.get(), waiter.wait, "another wait was begun in between");
        coroutine::assert_switchable();
        if fiber.outcome.get() == Outcome::Ready {
            fiber.outcome.set(Outcome::None);
            return Some(Wake::Ready);
        }
        let unwinding = self.is_unwinding(fiber);
        if !unwinding && fiber.thrown.is_some() {
            fiber.outcome.set(Outcome::None);
            return Some(deliver(fiber));
        }
        if fiber.alarms.earliest() <= self.clock.last()
            && let Some(payload) = self.overdue(fiber, unwinding)
        {
            fiber.outcome.set(Outcome::None);
            return Some(thrown(fiber, payload));
        }
        fiber.waits_for.set(waits_for);
        fiber.deadline.set(deadline);
        self.stay_parked(fiber, unwinding);
        None
    }

    /// What a wait is to end by before it has begun, since a limit of the fiber passed long ago. One wait
    /// is still begun, which things that are there end before the limit does. If all were, whoever is
    /// always given something while others have their turns would outlast every limit.
    #[cold]
    fn overdue(&self, fiber: &FiberRc, unwinding: bool) -> Option<Payload> {
        if unwinding || fiber.alarms.may_wait_once_more() {
            return None;
        }
        go_off(fiber, self.clock.last())
    }

    #[inline]
    pub(super) fn stay_parked(&self, fiber: &FiberRc, unwinding: bool) {
        if fiber.alarms.has_rough() {
            fiber.alarms.settle(self.clock.read());
        }
        let deadline = self.effective_deadline(fiber, unwinding);
        if deadline < Time::NEVER || fiber.timer.get().is_some() {
            self.set_timer(fiber, deadline);
        }
        fiber.state.set(State::Parked);
        self.before_leaving(fiber, unwinding);
    }

    /// Says how the wait of a fiber that is back has ended; if it has not, the fiber is to be left
    /// again.
    #[inline]
    fn end_park(&self, fiber: &FiberRc) -> Option<Wake> {
        let unwinding = self.after_leaving(fiber);
        let wake = self.conclude(fiber, unwinding);
        if wake.is_none() {
            self.stay_parked(fiber, unwinding);
        }
        wake
    }

    /// Says how a wait has ended; not at all if the alarm that ended it was taken back meanwhile.
    #[inline]
    fn conclude(&self, fiber: &FiberRc, unwinding: bool) -> Option<Wake> {
        let outcome = fiber.outcome.replace(Outcome::None);
        if outcome == Outcome::Ready {
            return Some(Wake::Ready);
        }
        self.conclude_unready(fiber, outcome, unwinding)
    }

    #[inline(never)]
    fn conclude_unready(&self, fiber: &FiberRc, outcome: Outcome, unwinding: bool) -> Option<Wake> {
        if outcome == Outcome::Thrown {
            return Some(deliver(fiber));
        }
        debug_assert_eq!(outcome, Outcome::Expired, "a fiber ran without being woken");
        let (now, deadline) = (self.clock.last(), fiber.deadline.get());
        // Of two that are due at the same moment the alarm was set first.
        if deadline <= now && (unwinding || deadline < fiber.alarms.earliest()) {
            return Some(Wake::TimedOut);
        }
        if let Some(payload) = go_off(fiber, now) {
            return Some(thrown(fiber, payload));
        }
        fiber.outcome.set(Outcome::Pending);
        None
    }

    /// When the wait of a parked fiber, or one of its alarms, is due.
    #[inline]
    pub(super) fn effective_deadline(&self, fiber: &FiberRc, unwinding: bool) -> Time {
        let deadline = fiber.deadline.get();
        if unwinding { deadline } else { deadline.min(fiber.alarms.earliest()) }
    }

    /// Makes sure that a timer fires at `deadline` or earlier.
    #[inline(never)]
    pub(super) fn set_timer(&self, fiber: &FiberRc, deadline: Time) {
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
        self.note_timer(at);
        let key = self.timers.borrow_mut().insert(at, fiber.clone());
        fiber.timer.set(Some((key, at)));
    }
}

/// Ends a wait by what has been thrown at the fiber.
#[cold]
fn deliver(fiber: &FiberRc) -> Wake {
    thrown(fiber, take_thrown(fiber).expect("something was thrown at the fiber"))
}

/// The end of a wait that the caller is going to unwind from, as far as the call it is in.
fn thrown(fiber: &FiberRc, payload: Payload) -> Wake {
    fiber.unwinding.set(true);
    Wake::Thrown(payload)
}
