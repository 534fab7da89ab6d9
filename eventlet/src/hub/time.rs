//! Moments and how they are reckoned.

use std::time::{Duration, Instant};

use super::{Hub, clock};

/// A moment on the clock of one hub: nanoseconds since the hub was made.
///
/// It is `pub` for the hidden half of `Waitable`; nobody outside can name it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Time(u64);

impl Time {
    /// Before everything: a deadline that has always passed.
    pub(crate) const START: Time = Time(0);
    /// After everything: a deadline that never comes. It is some 584 years away.
    pub(crate) const NEVER: Time = Time(u64::MAX);

    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        Time(nanos)
    }

    pub(crate) const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The moment `duration` later; [`Time::NEVER`] if that is beyond the clock.
    pub(crate) fn after(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Time(self.0.saturating_add(nanos))
    }

    /// How long from `earlier` to this moment; zero if it is the later one.
    pub(crate) fn since(self, earlier: Time) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Hub {
    /// The moment when something that begins now and may take as long as `limit` is to be given up.
    pub(crate) fn deadline_in(&self, limit: Duration) -> Time {
        self.now().after(limit)
    }

    /// What std's clock calls `instant`.
    pub(crate) fn deadline_at(&self, instant: Instant) -> Time {
        self.now().after(clock::time_until(instant))
    }
}
