//! The hub's clock: the only place that reads the time, and the one that can be stopped for tests.

#[allow(unsafe_code, reason = "readings that std does not offer")]
mod system;

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::time::Time;

/// A monotonic clock that can be paused and moved by hand.
pub(super) struct Clock {
    /// Where the clock reads zero, in nanoseconds of the system's clock.
    origin: u64,
    /// The last reading: what a paused clock shows.
    last: Cell<Time>,
    /// Whether the clock only moves when it is moved.
    paused: Cell<bool>,
    /// How far a pause or a jump has put the clock ahead of (or behind) the real one, wrapping.
    offset: Cell<u64>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Clock {
            origin: system::now(),
            last: Cell::new(Time::START),
            paused: Cell::new(false),
            offset: Cell::new(0),
        }
    }

    /// How long ago the clock was made, whether it is paused or not.
    pub(super) fn real(&self) -> Duration {
        Duration::from_nanos(self.real_nanos())
    }

    #[inline]
    fn real_nanos(&self) -> u64 {
        system::now() - self.origin
    }

    /// Reads the clock.
    #[inline]
    pub(super) fn read(&self) -> Time {
        if !self.paused.get() {
            self.last.set(self.shown_at(self.real_nanos()));
        }
        self.last.get()
    }

    /// What the clock shows, unless it is paused, so long after it was made.
    #[inline]
    fn shown_at(&self, real_nanos: u64) -> Time {
        Time::from_nanos(real_nanos.wrapping_add(self.offset.get()))
    }

    /// A moment that has not come yet, but will in a tenth of a second: far cheaper than a reading.
    /// None if the system has nothing like it, or the clock is paused.
    #[inline]
    pub(super) fn soon(&self) -> Option<Time> {
        if self.paused.get() {
            return None;
        }
        Some(self.shown_at(system::soon()?.saturating_sub(self.origin)))
    }

    /// The last reading, without a new one: never later than the true time.
    #[inline]
    pub(super) fn last(&self) -> Time {
        self.last.get()
    }

    /// What the system's clock shows when this one shows `time`; never, if this one is paused.
    pub(super) fn system_time(&self, time: Time) -> u64 {
        if self.paused.get() || time == Time::NEVER {
            return u64::MAX;
        }
        time.as_nanos().wrapping_sub(self.offset.get()).saturating_add(self.origin)
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused.get()
    }

    pub(super) fn pause(&self) {
        self.read();
        self.paused.set(true);
    }

    /// Lets the clock run on from what it shows.
    pub(super) fn resume(&self) {
        self.offset.set(self.last.get().as_nanos().wrapping_sub(self.real_nanos()));
        self.paused.set(false);
    }

    /// Moves a paused clock forward to `time`.
    pub(super) fn advance_to(&self, time: Time) {
        debug_assert!(self.paused.get());
        self.last.set(self.last.get().max(time));
    }
}

/// The time by the system's clock.
pub(super) fn now() -> u64 {
    system::now()
}

/// How long it is until `instant` by std's clock, which is never paused.
pub(super) fn time_until(instant: Instant) -> Duration {
    instant.saturating_duration_since(Instant::now())
}
