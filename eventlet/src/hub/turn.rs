//! Turns: how many fibers run before the hub looks outside, and how many sleepers run first.

use std::cell::Cell;
use std::time::Duration;

use super::time::Time;

/// At least this often the hub looks at the poller, the inbox and the timers while fibers keep
/// running: often enough to be fair, seldom enough that a look, a few switches dear, hardly counts.
const RESUMES: u64 = 61;

/// How long a turn should last at most. Fibers that compute between their waits get shorter turns.
const DURATION: Duration = Duration::from_millis(1);

/// So many sleepers may run before those that are runnable already.
const SLEEPERS: usize = RESUMES as usize / 2;

/// The current turn. Its numbers count resumes, from the hub's beginning.
pub(super) struct Turn {
    start: Cell<u64>,
    end: Cell<u64>,
    /// For how many resumes it was made.
    length: Cell<u64>,
    /// When it began; unknown if there was no timer then, or the hub has slept since.
    began: Cell<Option<Time>>,
    /// From when on sleepers may run first again.
    favours: Cell<u64>,
}

impl Turn {
    pub(super) fn new() -> Self {
        Turn {
            start: Cell::new(0),
            end: Cell::new(RESUMES),
            length: Cell::new(RESUMES),
            began: Cell::new(None),
            favours: Cell::new(0),
        }
    }

    /// Begins the next turn. How long the last one took says for how many resumes this one is
    /// made, twice as many at most: one short slice says little of the next ones. Only timers ask
    /// how late it gets, and without any the clock has not been read.
    pub(super) fn begin(&self, n_resumes: u64, now: Option<Time>) {
        let n_done = n_resumes - self.start.replace(n_resumes);
        match (self.began.replace(now), now) {
            (Some(began), Some(now)) => {
                let nanos = now.since(began).as_nanos().max(1) as u64;
                let length = n_done * DURATION.as_nanos() as u64 / nanos;
                let most = RESUMES.min(2 * self.length.get());
                self.length.set(length.clamp(1, most));
            }
            (None, Some(_)) => {}
            (_, None) => self.length.set(RESUMES),
        }
        self.end.set(n_resumes + self.length.get());
    }

    #[inline]
    pub(super) fn has_ended(&self, n_resumes: u64) -> bool {
        n_resumes >= self.end.get()
    }

    /// Makes the turn shorter by so many resumes.
    pub(super) fn shorten(&self, by: u64) {
        self.end.set(self.end.get().saturating_sub(by));
    }

    /// Makes the turn end when the current fiber gives way.
    pub(super) fn end_now(&self) {
        self.end.set(0);
    }

    /// Notes that the hub has slept: how long ago the turn began tells nothing any more.
    pub(super) fn has_slept(&self) {
        self.began.set(None);
    }

    /// How many sleepers may run first now.
    pub(super) fn n_favoured(&self, n_resumes: u64, is_anyone_runnable: bool) -> usize {
        if n_resumes >= self.favours.get() || !is_anyone_runnable { SLEEPERS } else { 0 }
    }

    /// Notes that so many sleepers run first: before the next may, as many others have their turn.
    pub(super) fn favour(&self, n_resumes: u64, n_sleepers: usize) {
        if n_sleepers > 0 {
            self.favours.set(n_resumes + 2 * n_sleepers as u64);
        }
    }
}
