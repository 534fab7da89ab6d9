//! Throwing into fibers: kills, and alarms that go off.

use std::rc::Rc;
use std::time::Duration;

use super::alarms::{Alarm, AlarmFired};
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
use super::call::{Felt, Thrown};
use super::fiber::{FiberRc, Outcome, State};
use super::time::Time;
use super::{Hub, try_with};
use crate::unwind::{self, Payload};

/// An alarm so far away may be set roughly: see `alarms`.
const ROUGH: Duration = Duration::from_secs(1);

/// Part of a payload: whoever catches the unwind and drops the payload goes on, and the fiber does
/// not unwind any more.
pub(crate) struct UnwindMark {
    /// The fiber that it was thrown into.
    id: u64,
}

impl UnwindMark {
    pub(crate) fn new(id: u64) -> Self {
        UnwindMark { id }
    }

    pub(crate) fn is_of(&self, id: u64) -> bool {
        self.id == id
    }
}

impl Drop for UnwindMark {
    fn drop(&mut self) {
        let fiber = try_with(Hub::try_current_fiber).flatten();
        if let Some(fiber) = fiber
            && fiber.id == self.id
        {
            fiber.unwinding.set(false);
        }
    }
}

impl Hub {
    /// Throws into a fiber, and lets it react before this returns. What it unwinds with is made by
    /// `payload`, from its id.
    ///
    /// A fiber that has not begun is discarded. One that has is unwound from where it waits, as
    /// far as it lets itself be; what it was already given (a wake) it takes first. The caller
    /// runs again after everyone who is runnable now.
    pub(crate) fn throw(&self, fiber: &FiberRc, payload: fn(u64) -> Payload) {
        self.throw_all([fiber], payload);
    }

    /// Throws into several fibers, and lets all of them react before this returns. If the caller is
    /// among them, it is its own turn last; so it is if something is thrown at the caller while it
    /// waits in a destructor of one that has not begun.
    pub(crate) fn throw_all<'a>(
        &self,
        fibers: impl IntoIterator<Item = &'a FiberRc>,
        payload: fn(u64) -> Payload,
    ) {
        let caller = self.current_fiber();
        let (mut some_react, mut is_meant, mut thrown) = (false, false, None);
        for fiber in fibers {
            match fiber.state.get() {
                State::Done => {}
                State::New => self.discard_calmly(&caller, fiber, payload(fiber.id), &mut thrown),
                State::Running => is_meant = true,
                State::Parked | State::Queued => some_react |= self.aim(fiber, payload),
            }
        }
        if some_react {
            self.step_aside(&caller);
        }
        if let Some(thrown) = thrown {
            self.raise(&caller, thrown);
        }
        // If it unwinds already, it is on its way.
        if is_meant && !self.is_unwinding(&caller) {
            self.raise(&caller, payload(caller.id));
        }
    }

    /// Ends a fiber that has not begun. What is thrown at the caller in a destructor of it is kept:
    /// the first for the end of this throw, a later kill for the next wait. A later limit is forgotten:
    /// it may be over by then.
    fn discard_calmly(
        &self,
        caller: &FiberRc,
        fiber: &FiberRc,
        why: Payload,
        thrown: &mut Option<Payload>,
    ) {
        let Err(payload) = unwind::catch(|| self.discard(fiber, why)) else { return };
        caller.unwinding.set(false);
        match thrown {
            None => *thrown = Some(payload),
            Some(_) if payload.is::<AlarmFired>() => {}
            Some(_) => caller.thrown.put(payload),
        }
    }

    /// Throws into a fiber that is switched out; says whether it is now going to run.
    fn aim(&self, fiber: &FiberRc, payload: fn(u64) -> Payload) -> bool {
        if fiber.thrown.is_some() || fiber.locals.are_ending() {
            return false;
        }
        fiber.thrown.put(payload(fiber.id));
        if fiber.unwinding.get() {
            return false;
        }
        self.move_to_front(fiber);
        true
    }

    /// Makes a fiber that has something thrown at it run next.
    fn move_to_front(&self, fiber: &FiberRc) {
        match fiber.state.replace(State::Queued) {
            State::Queued => fiber.n_stale_entries.set(fiber.n_stale_entries.get() + 1),
            _parked => {}
        }
        if matches!(fiber.outcome.get(), Outcome::Pending | Outcome::Expired) {
            fiber.outcome.set(Outcome::Thrown);
        }
        self.queue.borrow_mut().push_urgent(fiber.clone());
    }

    /// Lets the others run, without taking anything that is thrown at the caller meanwhile: that
    /// waits for its next switch.
    fn step_aside(&self, caller: &FiberRc) {
        if self.is_unwinding(caller) {
            return;
        }
        crate::coroutine::assert_switchable();
        caller.state.set(State::Queued);
        if caller.is_main {
            self.enqueue_new(caller.clone());
        }
        self.switch(caller);
    }

    /// Ends a fiber that has not begun.
    pub(super) fn discard(&self, fiber: &FiberRc, payload: Payload) {
        debug_assert_eq!(fiber.state.get(), State::New);
        // Spawned and taken back at once, over and over, it must not fill the queue.
        self.queue.borrow_mut().take_back(fiber);
        self.starved.borrow_mut().retain(|starved| !Rc::ptr_eq(starved, fiber));
        self.retire(fiber);
        fiber.body().discard(fiber, payload);
    }

    fn raise(&self, fiber: &FiberRc, payload: Payload) -> ! {
        fiber.unwinding.set(true);
        unwind::raise(payload)
    }

    /// Raises what has been thrown at the current fiber, unless it is in a call.
    #[inline]
    pub(super) fn raise_thrown(&self, fiber: &FiberRc) {
        if !fiber.in_call.get()
            && let Some(payload) = fiber.thrown.take()
        {
            self.raise(fiber, payload);
        }
    }

    /// Raises the alarm of the current fiber that is due by the last clock reading, unless it is in a
    /// call.
    #[cold]
    pub(super) fn raise_due_alarm(&self, fiber: &FiberRc) {
        if !fiber.in_call.get()
            && let Some(payload) = go_off(fiber, self.clock.last())
        {
            self.raise(fiber, payload);
        }
    }

    /// Says that the current fiber has caught an unwind for good, although it keeps the payload.
    pub(crate) fn unwinding_has_ended(&self) {
        if let Some(fiber) = self.try_current_fiber() {
            fiber.unwinding.set(false);
        }
    }

    /// Whether the current fiber counts as one that has raised something.
    pub(crate) fn has_raised(&self) -> bool {
        self.try_current_fiber().is_some_and(|fiber| fiber.unwinding.get())
    }

    /// Says whether it does: for one that has caught an unwind, waits, and goes on with it.
    pub(crate) fn set_has_raised(&self, has_raised: bool) {
        self.current_fiber().unwinding.set(has_raised);
    }

    /// Throws at the current fiber what it has caught and cannot go on with: it is raised at the
    /// next wait.
    pub(crate) fn throw_again(&self, payload: Payload) {
        self.current_fiber().thrown.put(payload);
    }

    /// Sets an alarm for a fiber: after `limit` its next wait ends by a throw of [`AlarmFired`]
    /// with the returned token, once. `is_caught` is whether someone on the stack waits for it.
    #[inline]
    pub(crate) fn set_alarm(&self, fiber: &FiberRc, limit: Duration, is_caught: bool) -> u64 {
        let token = self.next_alarm.get();
        self.next_alarm.set(token + 1);
        if limit >= ROUGH
            && let Some(soon) = self.clock.soon()
        {
            fiber.alarms.add_rough(soon, limit, token, is_caught);
        } else {
            let at = if limit.is_zero() { Time::START } else { self.now().after(limit) };
            fiber.alarms.add(at, token, is_caught);
        }
        token
    }

    /// The token of the next alarm that is set.
    pub(crate) fn next_alarm(&self) -> u64 {
        self.next_alarm.get()
    }

    /// Notes whether someone on the stack now waits for an alarm to go off; says how it was.
    /// Another fiber than the alarm's own would wait in vain.
    pub(crate) fn expect_alarm(&self, fiber: &FiberRc, token: u64, is_caught: bool) -> bool {
        let is_current =
            self.try_current_fiber().is_some_and(|current| Rc::ptr_eq(&current, fiber));
        is_current && fiber.alarms.expect(token, is_caught)
    }

    /// Takes an alarm back if a patched call has failed because of it; says whether one has. Another
    /// fiber than the alarm's own has nothing to do with it.
    pub(crate) fn take_felt_alarm(&self, fiber: &FiberRc, token: u64) -> bool {
        let is_current =
            self.try_current_fiber().is_some_and(|current| Rc::ptr_eq(&current, fiber));
        is_current && fiber.alarms.take_felt(token)
    }

    /// Takes an alarm back; says whether it had not gone off yet.
    #[inline]
    pub(crate) fn cancel_alarm(&self, fiber: &FiberRc, token: u64) -> bool {
        fiber.alarms.cancel(token)
    }

    /// Whether an alarm has not gone off yet.
    pub(crate) fn has_alarm(&self, fiber: &FiberRc, token: u64) -> bool {
        fiber.alarms.has(token)
    }
}

/// What a wait that has been thrown something at is to unwind with. In a call, it stays where it
/// is.
pub(super) fn take_thrown(fiber: &FiberRc) -> Option<Payload> {
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    if fiber.in_call.get() {
        let n_times = fiber.thrown.feel()?;
        return Some(Box::new(Felt { thrown: Thrown::of(fiber), n_times }));
    }
    fiber.thrown.take()
}

/// What a wait is to unwind with whose alarm is due at `now`. In a call, the alarm stays where it
/// is.
pub(super) fn go_off(fiber: &FiberRc, now: Time) -> Option<Payload> {
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    if fiber.in_call.get() {
        let n_times = fiber.alarms.feel_due(now)?;
        return Some(Box::new(Felt { thrown: Thrown::Limit, n_times }));
    }
    fiber.alarms.take_due(now).map(|alarm| went_off(fiber, alarm))
}

/// What to unwind with for an alarm. On the native stack nobody would report an unwind that nobody
/// waits for, so there it is an ordinary panic.
fn went_off(fiber: &FiberRc, alarm: Alarm) -> Payload {
    assert!(
        alarm.is_caught || !fiber.is_main,
        "a Timeout fired in the main context, outside Timeout::run"
    );
    Box::new(AlarmFired::new(alarm, fiber.id))
}
