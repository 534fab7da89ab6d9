//! How long a call waits, in the units of C.

use std::ffi::c_int;
use std::time::Duration;

use libc::{timespec, timeval};

use crate::monkey::time::duration_of;

/// A time that tells the system not to wait.
pub(super) static NO_TIME: timespec = timespec { tv_sec: 0, tv_nsec: 0 };

/// How long a call waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Never,
    After(Duration),
    /// The system refuses it.
    Invalid,
}

impl Limit {
    /// Waiting not at all.
    pub(super) const ZERO: Limit = Limit::After(Duration::ZERO);

    pub(super) fn of_millis(millis: c_int) -> Self {
        u64::try_from(millis)
            .map_or(Limit::Never, |millis| Limit::After(Duration::from_millis(millis)))
    }

    /// # Safety
    ///
    /// The pointer is null, or points to a time.
    pub(super) unsafe fn of_timespec(time: *const timespec) -> Self {
        // SAFETY: as the caller says.
        let Some(time) = (unsafe { time.as_ref() }) else { return Limit::Never };
        duration_of(time).map_or(Limit::Invalid, Limit::After)
    }

    /// # Safety
    ///
    /// The pointer is null, or points to a time.
    pub(super) unsafe fn of_timeval(time: *const timeval) -> Self {
        // SAFETY: as the caller says.
        let Some(time) = (unsafe { time.as_ref() }) else { return Limit::Never };
        match (u64::try_from(time.tv_sec), u64::try_from(time.tv_usec)) {
            (Ok(seconds), Ok(micros)) => {
                let whole = Duration::from_secs(seconds);
                Limit::After(whole.saturating_add(Duration::from_micros(micros)))
            }
            _ => Limit::Invalid,
        }
    }
}
