//! Sleeping and yielding of code that cannot be unwound: that of patched calls.

use std::time::Duration;

use super::alarms::AlarmFired;
use super::park::SLEEP;
use super::time::Time;
use super::waiter::Wake;
use super::{Hub, park, with};
use crate::unwind;

/// So long may one sleep at a time who has something thrown at it already. It has been told by an
/// earlier call that failed, if it listens; and if it does not, sleeping must not become spinning.
const PENDING: Duration = Duration::from_millis(10);

/// Sleeps until `deadline`, and says whether it has: what is thrown meanwhile ends it, and is raised
/// at the next wait in the library. Not for who unwinds.
pub(crate) fn rest_until(deadline: Time) -> bool {
    let (earlier, deadline) = with(|hub| {
        let earlier = hub.current_fiber().thrown.take();
        let soon = earlier.as_ref().map_or(Time::NEVER, |_| hub.deadline_in(PENDING));
        (earlier, deadline.min(soon))
    });
    let wake = park(with(Hub::begin_wait), SLEEP, deadline);
    let is_over = earlier.is_none() && matches!(wake, Wake::TimedOut);
    let later = match wake {
        Wake::Thrown(payload) => Some(payload),
        Wake::Ready | Wake::TimedOut => None,
    };
    // Of two, a kill goes before a limit, and the first before the second.
    let (kept, other) = match (earlier, later) {
        (Some(limit), Some(later)) if limit.is::<AlarmFired>() => (Some(later), Some(limit)),
        (Some(earlier), later) => (Some(earlier), later),
        (None, later) => (later, None),
    };
    if let Some(other) = other {
        unwind::dispose(other);
    }
    if let Some(kept) = kept {
        with(|hub| hub.keep_for_later(kept));
    }
    is_over
}

/// Lets everyone run who is runnable now. What is thrown meanwhile is raised at the next wait.
pub(crate) fn yield_calmly() {
    with(|hub| hub.step_aside(&hub.current_fiber()));
}
