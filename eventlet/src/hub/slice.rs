//! How long the current fiber has been running: a question that costs next to nothing.

use std::cell::Cell;
use std::time::Duration;

use super::Hub;

/// How long a fiber that asks may run before it gives way.
const BUDGET: Duration = Duration::from_millis(1);

/// At the latest every so many questions the clock is read.
const MOST_SKIPPED: u32 = 15;

/// Questions that follow each other faster than this need not read the clock each time.
const QUICK: Duration = BUDGET.checked_div(64).unwrap();

/// What is known of the slice of time that the current fiber has: from when it was resumed until it
/// gives way.
pub(super) struct Slice {
    /// Which slice the rest is about, by the hub's number of resumes.
    number: Cell<u64>,
    /// When the first question was asked.
    began: Cell<Duration>,
    /// When the clock was last read.
    looked: Cell<Duration>,
    /// How many questions are not worth reading the clock, and how many of them are left.
    n_skipped: Cell<u32>,
    n_left: Cell<u32>,
}

impl Slice {
    pub(super) fn new() -> Self {
        Slice {
            number: Cell::new(u64::MAX),
            began: Cell::new(Duration::ZERO),
            looked: Cell::new(Duration::ZERO),
            n_skipped: Cell::new(0),
            n_left: Cell::new(0),
        }
    }

    fn begin(&self, number: u64, now: Duration) {
        self.number.set(number);
        self.began.set(now);
        self.looked.set(now);
        self.skip(0);
    }

    fn skip(&self, n_questions: u32) {
        self.n_skipped.set(n_questions);
        self.n_left.set(n_questions);
    }

    /// Whether the budget is used up. If not, it depends on the pace of the questions when the
    /// clock is read next.
    fn is_used_up(&self, now: Duration) -> bool {
        let is_quick = now - self.looked.replace(now) < QUICK;
        self.skip(if is_quick { (2 * self.n_skipped.get() + 1).min(MOST_SKIPPED) } else { 0 });
        now - self.began.get() >= BUDGET
    }
}

impl Hub {
    /// Yields if the current fiber has run for long, with a look at all that has happened outside;
    /// says whether it did.
    #[inline]
    pub(crate) fn yield_if_needed(&self) -> bool {
        let n_left = self.slice.n_left.get();
        if n_left > 0 && self.slice.number.get() == self.n_resumes.get() {
            self.slice.n_left.set(n_left - 1);
            return false;
        }
        self.yield_if_used_up()
    }

    #[cold]
    fn yield_if_used_up(&self) -> bool {
        let now = self.clock.real();
        if self.slice.number.get() != self.n_resumes.get() {
            self.slice.begin(self.n_resumes.get(), now);
            return false;
        }
        let yields = self.slice.is_used_up(now) && !self.current_is_unwinding();
        if yields {
            self.turn.end_now();
            super::yield_now();
        }
        yields
    }
}
