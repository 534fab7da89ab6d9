//! Sleeping.
//!
//! A sleep ends when the hub's clock has moved on as far as it is long, so it follows a clock that is
//! paused or moved by `debug`. Signals do not interrupt it. What is thrown at the green thread does:
//! the call then says that it has slept. It could not say `EINTR`, which std takes for a reason to
//! sleep for the rest; and no other error, which no sleep has.

mod settable;

pub(super) use settable::shown_by;

use std::ffi::{c_int, c_uint};
use std::time::Duration;

use libc::{clockid_t, timespec, useconds_t};

use crate::hub::{self, Hub};

patched! {
    /// Sleeps.
    [Time] fn nanosleep(duration: *const timespec, rest: *mut timespec) -> c_int => sleep_for;

    /// Sleeps for some time, or until a moment of a clock.
    [Time] fn clock_nanosleep(
        clock: clockid_t,
        flags: c_int,
        time: *const timespec,
        rest: *mut timespec,
    ) -> c_int => sleep_by;

    /// Sleeps for so many microseconds.
    [Time] fn usleep(microseconds: useconds_t) -> c_int => sleep_microseconds;

    /// Sleeps for so many seconds.
    [Time] fn sleep(seconds: c_uint) -> c_uint => sleep_seconds;
}

unsafe fn sleep_for(duration: *const timespec, rest: *mut timespec) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    let Some(duration) = (unsafe { read(duration) }).filter(|_| may_switch()) else {
        // SAFETY: as above.
        return unsafe { originals::nanosleep(duration, rest) };
    };
    sleep_steadily(duration);
    0
}

unsafe fn sleep_by(
    clock: clockid_t,
    flags: c_int,
    time: *const timespec,
    rest: *mut timespec,
) -> c_int {
    let is_ours =
        matches!(clock, libc::CLOCK_MONOTONIC | libc::CLOCK_REALTIME | libc::CLOCK_BOOTTIME);
    // SAFETY: the caller keeps the contract of the C function.
    let Some(length) = (unsafe { read(time) }).filter(|_| is_ours && may_switch()) else {
        // SAFETY: as above.
        return unsafe { originals::clock_nanosleep(clock, flags, time, rest) };
    };
    let is_absolute = flags & libc::TIMER_ABSTIME != 0;
    match (clock, is_absolute) {
        (libc::CLOCK_MONOTONIC, true) => {
            sleep_steadily(length.saturating_sub(settable::shown_by(clock)));
        }
        (libc::CLOCK_BOOTTIME, false) => {
            settable::sleep_until(clock, settable::shown_by(clock).saturating_add(length));
        }
        (_, true) => settable::sleep_until(clock, length),
        // That the wall clock is set does not change how long a second is.
        (_, false) => sleep_steadily(length),
    }
    0
}

unsafe fn sleep_microseconds(microseconds: useconds_t) -> c_int {
    if !may_switch() {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::usleep(microseconds) };
    }
    sleep_steadily(Duration::from_micros(microseconds.into()));
    0
}

unsafe fn sleep_seconds(seconds: c_uint) -> c_uint {
    if !may_switch() {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::sleep(seconds) };
    }
    sleep_steadily(Duration::from_secs(seconds.into()));
    0
}

/// A time that the kernel would take for one.
///
/// # Safety
///
/// The pointer is null or points to a time.
pub(super) unsafe fn read(time: *const timespec) -> Option<Duration> {
    // SAFETY: as demanded.
    unsafe { time.as_ref() }.and_then(duration_of)
}

/// The same of a time that there is.
pub(super) fn duration_of(time: &timespec) -> Option<Duration> {
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanos = u32::try_from(time.tv_nsec).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Duration::new(seconds, nanos))
}

/// Whoever unwinds sleeps with its OS thread: others would take its panic for theirs.
fn may_switch() -> bool {
    !hub::with(Hub::current_is_unwinding)
}

/// Sleeps by the hub's clock; lets the others run once if there is nothing to sleep for.
fn sleep_steadily(length: Duration) {
    if length.is_zero() {
        hub::yield_calmly();
    } else {
        hub::rest_until(hub::with(|hub| hub.deadline_in(length)));
    }
}
