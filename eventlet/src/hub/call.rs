//! Waits of patched calls, whose callers may be C: nothing may unwind from them.
//!
//! What is thrown at a fiber in such a wait makes the call fail, and stays where it is: a kill in
//! `Fiber::thrown`, a limit among its alarms. There the next wait that may unwind finds it. Both are
//! marked as *felt*, so that it is not lost if there is no such wait: `with_timeout` asks for the mark
//! when its closure has returned, and a green thread when its body has.

use std::time::Duration;

use super::fiber::{FiberRc, Outcome};
use super::park::SLEEP;
use super::switch::leave;
use super::time::Time;
use super::waiter::Waiter;
use super::{Hub, park_in_peace, with};
use crate::coroutine;
use crate::unwind;

/// After every so many calls that fail because of the same throw the fiber pauses: whoever tries
/// again for ever, whatever the error, must keep neither the hub nor the processor to himself.
const MANY: u32 = 16;

/// How long it pauses.
const PAUSE: Duration = Duration::from_millis(10);

/// How a wait of a patched call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CallWake {
    /// Someone woke it.
    Ready,
    /// Its own deadline passed.
    TimedOut,
    /// The call is to fail, because of what was thrown at the fiber.
    Thrown(Thrown),
}

/// What was thrown at a fiber that cannot be unwound now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Thrown {
    Limit,
    Kill,
    /// The hub has panicked in the main context: nothing could ever wake it, or it cannot poll.
    Panic,
}

/// Like [`park`](super::park), for a call that must not unwind.
///
/// One at which a kill is pending does not wait at all; one whose limit has passed waits until the hub
/// has looked outside, so that data that is there wins.
pub(crate) fn park_in_call(waiter: Waiter, waits_for: &'static str, deadline: Time) -> CallWake {
    keep_panics(&waiter.fiber, || {
        let (wake, n_felt) = wait(&waiter, waits_for, deadline);
        if n_felt > 0 && n_felt.is_multiple_of(MANY) {
            let until = with(|hub| hub.deadline_in(PAUSE));
            park_in_peace(with(Hub::begin_wait), SLEEP, until);
        }
        wake
    })
}

/// Sleeps until `deadline`, and says whether it has: what is thrown meanwhile ends it.
pub(crate) fn rest_until(deadline: Time) -> bool {
    park_in_call(with(Hub::begin_wait), SLEEP, deadline) == CallWake::TimedOut
}

/// Lets every fiber run that is runnable now, and raises nothing.
pub(crate) fn yield_calmly() {
    let fiber = with(Hub::current_fiber);
    keep_panics(&fiber, || {
        with(|hub| hub.step_aside(&fiber));
        CallWake::TimedOut
    });
}

/// Keeps what the hub has to say in the main context, which the panic hook has reported, until it can be
/// raised. Nothing panics in another fiber's wait.
fn keep_panics(fiber: &FiberRc, wait: impl FnOnce() -> CallWake) -> CallWake {
    if !fiber.is_main {
        return wait();
    }
    unwind::catch(wait).unwrap_or_else(|panic| {
        fiber.thrown.put(panic);
        CallWake::Thrown(Thrown::Panic)
    })
}

/// The wait itself; says besides how many calls have failed because of what was thrown.
fn wait(waiter: &Waiter, waits_for: &'static str, deadline: Time) -> (CallWake, u32) {
    if let Some(end) = with(|hub| hub.begin_call(&waiter.fiber, waits_for, deadline)) {
        return end;
    }
    loop {
        leave(waiter.fiber.is_main);
        if let Some(end) = with(|hub| hub.end_call(&waiter.fiber)) {
            return end;
        }
    }
}

impl Hub {
    /// Parks the current fiber, unless its wait has ended or cannot be.
    fn begin_call(
        &self,
        fiber: &FiberRc,
        waits_for: &'static str,
        deadline: Time,
    ) -> Option<(CallWake, u32)> {
        coroutine::assert_switchable();
        if fiber.outcome.get() == Outcome::Ready {
            fiber.outcome.set(Outcome::None);
            return Some((CallWake::Ready, 0));
        }
        let unwinding = self.is_unwinding(fiber);
        if !unwinding && let Some(end) = feel_thrown(fiber) {
            fiber.outcome.set(Outcome::None);
            return Some(end);
        }
        fiber.waits_for.set(waits_for);
        fiber.deadline.set(deadline);
        self.stay_parked(fiber, unwinding);
        None
    }

    /// Says how the wait of a fiber that is back has ended; if it has not, the fiber is to be left
    /// again.
    fn end_call(&self, fiber: &FiberRc) -> Option<(CallWake, u32)> {
        let unwinding = self.after_leaving(fiber);
        match fiber.outcome.replace(Outcome::None) {
            Outcome::Ready => return Some((CallWake::Ready, 0)),
            Outcome::Thrown => return feel_thrown(fiber),
            _expired => {}
        }
        let (now, deadline) = (self.clock.last(), fiber.deadline.get());
        // As in any other wait, an alarm that is due at the same moment comes first.
        if deadline <= now && (unwinding || deadline < fiber.alarms.earliest()) {
            return Some((CallWake::TimedOut, 0));
        }
        if let Some(n_felt) = fiber.alarms.feel_due(now) {
            return Some((CallWake::Thrown(Thrown::Limit), n_felt));
        }
        fiber.outcome.set(Outcome::Pending);
        self.stay_parked(fiber, unwinding);
        None
    }
}

/// The end of a wait by what has been thrown at the fiber, if anything has.
fn feel_thrown(fiber: &FiberRc) -> Option<(CallWake, u32)> {
    // Nobody can kill the main context.
    let thrown = if fiber.is_main { Thrown::Panic } else { Thrown::Kill };
    fiber.thrown.feel().map(|n_felt| (CallWake::Thrown(thrown), n_felt))
}
