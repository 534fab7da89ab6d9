//! Timers that are nearly due, in exact order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::hub::time::Time;

/// A timer by its deadline; of equal ones the oldest comes first, by its order. The last part says
/// which it is.
pub(super) type Near = (Time, u64, u32);

/// They come one by one, when a deadline is set that is nearly due, or many at once, when a slot is
/// reached. Many are sorted: then taking the next costs nothing, and with a hundred thousand of
/// them a heap would be in the cache with its top alone.
#[derive(Default)]
pub(super) struct NearTimers {
    /// Those that came together, the last first.
    sorted: Vec<Near>,
    /// Those that came one by one, or were few.
    heap: BinaryHeap<Reverse<Near>>,
}

impl NearTimers {
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty() && self.heap.is_empty()
    }

    /// The next one.
    #[inline]
    pub(super) fn peek(&self) -> Option<Near> {
        let one = self.sorted.last().copied();
        let other = self.heap.peek().map(|&Reverse(near)| near);
        match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// One that comes soon after the next, if many came together.
    #[inline]
    pub(super) fn peek_ahead(&self, n_ahead: usize) -> Option<Near> {
        self.sorted.len().checked_sub(n_ahead + 1).map(|index| self.sorted[index])
    }

    /// Removes the next one.
    #[inline]
    pub(super) fn pop(&mut self) {
        let one = self.sorted.last().copied();
        if one.is_some() && one == self.peek() {
            self.sorted.pop();
        } else {
            self.heap.pop();
        }
    }

    pub(super) fn push(&mut self, near: Near) {
        self.heap.push(Reverse(near));
    }

    /// Adds those that a slot had. They are sorted in only if they are many beside those that are
    /// sorted already, so that each of these is moved a few times at most.
    pub(super) fn append(&mut self, incoming: &mut Vec<Near>) {
        const FEW: usize = 16;
        if incoming.len() <= FEW.max(self.sorted.len() / 4) {
            self.heap.extend(incoming.drain(..).map(Reverse));
        } else {
            self.sorted.append(incoming);
            self.sorted.sort_unstable_by_key(|&near| Reverse(near));
        }
    }
}
