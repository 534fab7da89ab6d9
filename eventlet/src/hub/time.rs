//! The hub's clock: the only place that reads the time, and the one that can be stopped for tests.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// A moment on the clock of one hub: nanoseconds since the hub was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Time(u64);

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

/// A monotonic clock that can be paused and moved by hand.
pub(super) struct Clock {
    /// Where the clock reads zero.
    origin: Instant,
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
            origin: Instant::now(),
            last: Cell::new(Time::START),
            paused: Cell::new(false),
            offset: Cell::new(0),
        }
    }

    /// How long ago the clock was made, whether it is paused or not.
    pub(super) fn real(&self) -> Duration {
        self.origin.elapsed()
    }

    fn real_nanos(&self) -> u64 {
        self.real().as_nanos() as u64
    }

    /// Reads the clock.
    #[inline]
    pub(super) fn read(&self) -> Time {
        if !self.paused.get() {
            self.last.set(Time(self.real_nanos().wrapping_add(self.offset.get())));
        }
        self.last.get()
    }

    /// The last reading, without a new one: never later than the true time.
    #[inline]
    pub(super) fn last(&self) -> Time {
        self.last.get()
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
        self.offset.set(self.last.get().0.wrapping_sub(self.real_nanos()));
        self.paused.set(false);
    }

    /// Moves a paused clock forward to `time`.
    pub(super) fn advance_to(&self, time: Time) {
        debug_assert!(self.paused.get());
        self.last.set(self.last.get().max(time));
    }
}
