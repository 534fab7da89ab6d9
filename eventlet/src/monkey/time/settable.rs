//! Sleeping until a moment of a clock that can be set, or that goes on while the machine is suspended.

use std::time::Duration;

use libc::{clockid_t, timespec};

use crate::hub::{self, Hub};

/// So late may a sleep end after the clock was set forward.
const GLANCE: Duration = Duration::from_secs(1);

/// What a clock shows: the time since its epoch.
pub(in crate::monkey) fn shown_by(clock: clockid_t) -> Duration {
    let mut now = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes a time to where there is place for one. The clock exists.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    Duration::new(now.tv_sec.max(0) as u64, now.tv_nsec as u32)
}

/// Sleeps until `clock` shows `moment`, whatever it is set to meanwhile.
///
/// The hub's clock measures the time, since that may be paused; how far `clock` is set forward or back
/// is what it gains on the steady clock.
pub(super) fn sleep_until(clock: clockid_t, moment: Duration) {
    // Whoever is interrupted between two readings, here or below, sleeps longer, and not less.
    let steady = shown_by(libc::CLOCK_MONOTONIC);
    let shown = shown_by(clock);
    let began = hub::with(Hub::now);
    let length = nanos(moment) - nanos(shown);
    if length <= 0 {
        return hub::yield_calmly();
    }
    loop {
        let gained = nanos(shown_by(clock))
            - nanos(shown)
            - (nanos(shown_by(libc::CLOCK_MONOTONIC)) - nanos(steady));
        let now = hub::with(Hub::now);
        let left = length - gained - nanos(now.since(began));
        let Ok(left) = u64::try_from(left) else { return };
        let deadline = now.after(Duration::from_nanos(left).min(GLANCE));
        if left == 0 || !hub::rest_until(deadline) {
            return;
        }
    }
}

fn nanos(time: Duration) -> i128 {
    time.as_nanos() as i128
}
