//! Who runs next.

use std::collections::VecDeque;
use std::rc::Rc;

use super::fiber::{FiberRc, State};
use crate::coroutine;

/// How many fibers run before the one whose record is loaded, and before the one whose coroutine's
/// state is. The frames of the next one are loaded. Each says where the following lies, so it has to
/// be there by then.
pub(super) const RECORD_AHEAD: usize = 5;
const STATE_AHEAD: usize = 2;

/// So many urgent fibers may run before an ordinary one.
const MOST_IN_A_ROW: usize = 61;

/// The runnable fibers of a hub, oldest first.
#[derive(Default)]
pub(super) struct RunQueue {
    ordinary: VecDeque<FiberRc>,
    /// Fibers that something was thrown into: they run before all others.
    urgent: VecDeque<FiberRc>,
    /// How many of them have run in a row.
    n_in_a_row: usize,
}

impl RunQueue {
    pub(super) fn len(&self) -> usize {
        self.ordinary.len() + self.urgent.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &FiberRc> {
        self.urgent.iter().chain(&self.ordinary)
    }

    #[inline]
    pub(super) fn push(&mut self, fiber: FiberRc) {
        self.ordinary.push_back(fiber);
    }

    /// Puts a fiber before those that are runnable already, at `place` from the front.
    pub(super) fn insert(&mut self, place: usize, fiber: FiberRc) {
        self.ordinary.insert(place, fiber);
    }

    pub(super) fn push_urgent(&mut self, fiber: FiberRc) {
        self.urgent.push_back(fiber);
    }

    /// The next fiber that is really to run. If told to, it starts to load those that come after.
    #[inline]
    pub(super) fn pop(&mut self, prefetches: bool) -> Option<FiberRc> {
        if !self.urgent.is_empty() && self.may_be_urgent() {
            return self.urgent.pop_front();
        }
        loop {
            let fiber = self.ordinary.pop_front()?;
            let n_stale = fiber.n_stale_entries.get();
            if n_stale > 0 {
                fiber.n_stale_entries.set(n_stale - 1);
            } else if fiber.state.get() != State::Done {
                self.n_in_a_row = 0;
                if prefetches {
                    self.prefetch();
                }
                return Some(fiber);
            }
        }
    }

    /// Two that kill each other must not keep out the rest: now and then another has its turn. Who
    /// throws is queued too, and runs after the one it has thrown into.
    #[cold]
    fn may_be_urgent(&mut self) -> bool {
        let is_enough = self.n_in_a_row >= MOST_IN_A_ROW && self.ordinary.len() > self.urgent.len();
        self.n_in_a_row += 1;
        !is_enough
    }

    #[inline]
    fn prefetch(&self) {
        if let Some(fiber) = self.ordinary.get(RECORD_AHEAD) {
            coroutine::prefetch(&**fiber);
        }
        if let Some(fiber) = self.ordinary.get(STATE_AHEAD) {
            fiber.prefetch_state();
        }
        if let Some(fiber) = self.ordinary.front() {
            fiber.prefetch_frames();
        }
    }

    /// Takes back what was pushed last, if it is this fiber.
    pub(super) fn take_back(&mut self, fiber: &FiberRc) {
        if self.ordinary.back().is_some_and(|last| Rc::ptr_eq(last, fiber)) {
            self.ordinary.pop_back();
        }
    }
}
