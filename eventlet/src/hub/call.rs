//! Waits of patched calls, whose callers may be C: nothing may unwind through them.
//!
//! What is thrown at a fiber in such a wait makes the call fail, and stays where it is: a kill in
//! `Fiber::thrown`, a limit among its alarms. There the next wait that may unwind finds it. Both count
//! how many calls have *felt* them, so that they are not lost if there is no such wait: `with_timeout`
//! asks when its closure has returned, and a green thread when its body has.
//!
//! Inside [`in_call`] a wait ends as ever, by a payload that it is to unwind with. But that only stands
//! for what was thrown, and gets no further.

use std::time::Duration;

use super::fiber::FiberRc;
use super::park::SLEEP;
use super::time::Time;
use super::waiter::{Waiter, Wake};
use super::{Hub, park, park_in_peace, with, yield_now};
use crate::unwind::{self, Payload};

/// After every so many calls that fail because of the same throw the fiber pauses: whoever tries again
/// for ever, whatever the error, must keep neither the hub nor the processor to himself.
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
    /// The library has panicked; in the main context that is how the hub says that nothing could ever
    /// wake it.
    Panic,
}

impl Thrown {
    /// What the payload is that waits for a fiber: nobody can kill the main context.
    pub(super) fn of(fiber: &FiberRc) -> Self {
        if fiber.is_main { Thrown::Panic } else { Thrown::Kill }
    }
}

/// Stands for what was thrown at a fiber in a call, and has not been raised.
pub(super) struct Felt {
    pub(super) thrown: Thrown,
    /// How many calls have failed because of it.
    pub(super) n_times: u32,
}

/// Runs a piece of the library that waits, for a call that must not unwind: what is thrown meanwhile
/// is kept for the next wait, and the result says that the call is to fail.
pub(crate) fn in_call<T>(f: impl FnOnce() -> T) -> Result<T, Thrown> {
    let fiber = with(Hub::current_fiber);
    let is_in_another = fiber.in_call.replace(true);
    let result = unwind::catch(f);
    fiber.in_call.set(is_in_another);
    result.map_err(|payload| conclude(&fiber, payload))
}

/// Like [`park`], for a call that must not unwind.
///
/// One at which a kill is pending does not wait at all; one whose limit has passed waits until the hub
/// has looked outside, so that data that is there wins, though not twice in a row.
pub(crate) fn park_in_call(waiter: Waiter, waits_for: &'static str, deadline: Time) -> CallWake {
    match in_call(|| park(waiter, waits_for, deadline)) {
        Ok(Wake::Ready) => CallWake::Ready,
        Ok(Wake::TimedOut) => CallWake::TimedOut,
        Ok(Wake::Thrown(payload)) => CallWake::Thrown(conclude(&with(Hub::current_fiber), payload)),
        Err(thrown) => CallWake::Thrown(thrown),
    }
}

/// Sleeps until `deadline`, and says whether it has: what is thrown meanwhile ends it.
pub(crate) fn rest_until(deadline: Time) -> bool {
    park_in_call(with(Hub::begin_wait), SLEEP, deadline) == CallWake::TimedOut
}

/// Counts an I/O call that is about to be tried, as [`Hub::count_io_call`] does, and lets the others run
/// if it is one too many and `may_give_way`. Then it says whether the call is to fail for what was
/// thrown at the fiber.
#[inline]
pub(crate) fn count_call(is_stream: bool, may_give_way: impl FnOnce() -> bool) -> Option<Thrown> {
    let gives_way = with(|hub| hub.is_one_too_many(is_stream)) && may_give_way();
    if gives_way { give_way() } else { None }
}

/// Has the next call give way, and ask again what was thrown: the last one has succeeded nevertheless.
pub(crate) fn count_again() {
    with(Hub::count_again);
}

/// Waits for nothing: until the hub has looked outside, which it does when the others have run.
#[cold]
fn give_way() -> Option<Thrown> {
    with(Hub::count_anew);
    if with(Hub::current_is_unwinding) {
        return None;
    }
    // Due at once, but not before a limit that has passed.
    let deadline = with(|hub| hub.clock.last());
    match park_in_call(with(Hub::begin_wait), "its next turn", deadline) {
        CallWake::Thrown(thrown) => Some(thrown),
        CallWake::Ready | CallWake::TimedOut => None,
    }
}

/// Lets every fiber run that is runnable now, and raises nothing.
pub(crate) fn yield_calmly() {
    // A panic is kept, and a yield has no other way to fail.
    let _ = in_call(yield_now);
}

/// Ends an unwind, or a wait that was to end by one, of a fiber in a call.
fn conclude(fiber: &FiberRc, payload: Payload) -> Thrown {
    match payload.downcast::<Felt>() {
        Ok(felt) => {
            fiber.unwinding.set(false);
            if felt.n_times.is_multiple_of(MANY) {
                pause(fiber);
            }
            felt.thrown
        }
        Err(panic) => keep_panic(fiber, panic),
    }
}

/// What patched calls of the current fiber have failed because of, and what is still to be raised.
pub(crate) fn felt() -> Option<Thrown> {
    let fiber = with(Hub::current_fiber);
    if fiber.thrown.is_felt() {
        Some(Thrown::of(&fiber))
    } else if fiber.alarms.are_felt() {
        Some(Thrown::Limit)
    } else {
        None
    }
}

/// Lets some time pass, whatever is thrown at the fiber.
pub(crate) fn pause_in_peace() {
    pause(&with(Hub::current_fiber));
}

fn pause(fiber: &FiberRc) {
    let paused = unwind::catch(|| {
        let until = with(|hub| hub.deadline_in(PAUSE));
        park_in_peace(with(Hub::begin_wait), SLEEP, until)
    });
    if let Err(panic) = paused {
        keep_panic(fiber, panic);
    }
}

/// Keeps what the panic hook has reported, unless something else is to be raised anyway.
fn keep_panic(fiber: &FiberRc, panic: Payload) -> Thrown {
    if fiber.thrown.is_some() {
        unwind::dispose(panic);
    } else {
        fiber.thrown.put(panic);
        fiber.thrown.feel();
    }
    Thrown::Panic
}
