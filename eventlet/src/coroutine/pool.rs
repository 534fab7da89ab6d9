//! Stacks between jobs: last in, first out, because the last one is warm in the cache.

use std::io;

use super::stack::{StackSize, default_stack_size};
use super::{Coroutine, overflow};

/// Idle stacks that are kept for the next burst, per size; the rest is unmapped when the hub has
/// time. At one touched page each this is some 4 MiB.
const KEPT: usize = 1024;
/// Stacks unmapped at a time, so that a hub that has just become idle stays responsive.
const SLICE: usize = 64;
/// With more stacks than this in use, idle ones are kept: unmapping between stacks in use splits
/// mappings, and at most this many pieces can come of it.
const MAX_FRAGMENTS: usize = 16 * 1024;

/// The idle coroutines of one hub.
pub(crate) struct StackPool {
    /// What every coroutine runs.
    entry: fn(),
    /// The default size, which nearly every green thread has.
    standard_size: StackSize,
    /// Idle stacks of the default size.
    standard: Vec<Coroutine>,
    /// Idle stacks of other sizes: few sizes, so a list does.
    others: Vec<(StackSize, Vec<Coroutine>)>,
    /// Stacks handed out and not given back.
    n_in_use: usize,
}

impl StackPool {
    /// A pool whose coroutines run their jobs by calling `entry`, which must not unwind.
    pub(crate) fn new(entry: fn()) -> Self {
        overflow::ensure_alternate_stack();
        StackPool {
            entry,
            standard_size: default_stack_size(),
            standard: Vec::new(),
            others: Vec::new(),
            n_in_use: 0,
        }
    }

    #[inline]
    fn idle(&mut self, size: StackSize) -> &mut Vec<Coroutine> {
        if size == self.standard_size { &mut self.standard } else { self.idle_of_other(size) }
    }

    #[cold]
    fn idle_of_other(&mut self, size: StackSize) -> &mut Vec<Coroutine> {
        let known = self.others.iter().position(|(other, _)| *other == size);
        let index = known.unwrap_or_else(|| {
            self.others.push((size, Vec::new()));
            self.others.len() - 1
        });
        &mut self.others[index].1
    }

    /// Makes sure that the next `take` of this size finds a stack.
    #[inline]
    pub(crate) fn provide(&mut self, size: StackSize) -> io::Result<()> {
        let entry = self.entry;
        let idle = self.idle(size);
        if idle.is_empty() {
            idle.push(Coroutine::new(size, entry)?);
        }
        Ok(())
    }

    /// Hands out a stack: the one used last, or a new one.
    #[inline]
    pub(crate) fn take(&mut self, size: StackSize) -> io::Result<Coroutine> {
        let coroutine = match self.idle(size).pop() {
            Some(coroutine) => coroutine,
            None => Coroutine::new(size, self.entry)?,
        };
        self.n_in_use += 1;
        Ok(coroutine)
    }

    /// Takes an idle stack back.
    #[inline]
    pub(crate) fn give_back(&mut self, coroutine: Coroutine) {
        debug_assert!(coroutine.is_idle());
        self.n_in_use -= 1;
        self.idle(coroutine.stack_size()).push(coroutine);
    }

    /// Stacks handed out and not given back.
    pub(crate) fn n_in_use(&self) -> usize {
        self.n_in_use
    }

    /// Idle stacks, of all sizes.
    pub(crate) fn n_idle(&self) -> usize {
        self.standard.len() + self.others.iter().map(|(_, idle)| idle.len()).sum::<usize>()
    }

    /// Whether `trim` has something to do.
    pub(crate) fn is_swollen(&self) -> bool {
        self.n_in_use <= MAX_FRAGMENTS
            && (self.standard.len() > KEPT || self.others.iter().any(|(_, idle)| idle.len() > KEPT))
    }

    /// Unmaps a slice of the stacks beyond those that are kept.
    pub(crate) fn trim(&mut self) {
        let others = self.others.iter_mut().map(|(_, idle)| idle);
        for idle in std::iter::once(&mut self.standard).chain(others) {
            let surplus = idle.len().saturating_sub(KEPT).min(SLICE);
            // The oldest lie at the front; the warm ones at the back stay.
            idle.drain(..surplus);
        }
    }
}
