//! Stacks between jobs: last in, first out, because the last one is warm in the cache.

use std::io;

use super::stack::{StackSize, default_stack_size};
use super::{Coroutine, overflow};

/// Idle stacks that are kept for the next burst, per size; the rest is unmapped when the hub has
/// time. At one page each this is some 4 MiB.
const KEPT: usize = 1024;
/// Idle stacks, per size, that keep what their jobs have touched: those that are used again soon.
/// The others are left one page, so a deep recursion is not paid for ever.
const HOT: usize = 64;
/// Stacks dealt with at a time, so that a hub that has just become idle stays responsive.
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
    standard: IdleStacks,
    /// Idle stacks of other sizes: few sizes, so a list does.
    others: Vec<(StackSize, IdleStacks)>,
    /// Stacks handed out and not given back.
    n_in_use: usize,
}

/// Idle coroutines of one size.
#[derive(Default)]
struct IdleStacks {
    /// The one used last comes last.
    stacks: Vec<Coroutine>,
    /// So many at the front have been left one page, and not been used since.
    n_lean: usize,
}

impl StackPool {
    /// A pool whose coroutines run their jobs by calling `entry`, which must not unwind.
    pub(crate) fn new(entry: fn()) -> Self {
        overflow::ensure_alternate_stack();
        StackPool {
            entry,
            standard_size: default_stack_size(),
            standard: IdleStacks::default(),
            others: Vec::new(),
            n_in_use: 0,
        }
    }

    #[inline]
    fn idle(&mut self, size: StackSize) -> &mut IdleStacks {
        if size == self.standard_size { &mut self.standard } else { self.idle_of_other(size) }
    }

    #[cold]
    fn idle_of_other(&mut self, size: StackSize) -> &mut IdleStacks {
        let known = self.others.iter().position(|(other, _)| *other == size);
        let index = known.unwrap_or_else(|| {
            self.others.push((size, IdleStacks::default()));
            self.others.len() - 1
        });
        &mut self.others[index].1
    }

    fn all(&self) -> impl Iterator<Item = &IdleStacks> {
        std::iter::once(&self.standard).chain(self.others.iter().map(|(_, idle)| idle))
    }

    /// Makes sure that the next `take` of this size finds a stack.
    #[inline]
    pub(crate) fn provide(&mut self, size: StackSize) -> io::Result<()> {
        let entry = self.entry;
        let idle = self.idle(size);
        if idle.stacks.is_empty() {
            idle.stacks.push(Coroutine::new(size, entry)?);
        }
        Ok(())
    }

    /// Hands out a stack: the one used last, or a new one.
    #[inline]
    pub(crate) fn take(&mut self, size: StackSize) -> io::Result<Coroutine> {
        let coroutine = match self.idle(size).take() {
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
        self.idle(coroutine.stack_size()).stacks.push(coroutine);
    }

    /// Stacks handed out and not given back.
    pub(crate) fn n_in_use(&self) -> usize {
        self.n_in_use
    }

    /// Idle stacks, of all sizes.
    pub(crate) fn n_idle(&self) -> usize {
        self.all().map(|idle| idle.stacks.len()).sum()
    }

    /// Whether `trim` has something to do.
    pub(crate) fn is_swollen(&self) -> bool {
        self.all().any(|idle| idle.n_surplus(self.n_in_use) > 0 || idle.n_fat() > 0)
    }

    /// Gives memory back: unmaps a slice of the stacks beyond those that are kept, and leaves a
    /// slice of those that are not hot one page each.
    pub(crate) fn trim(&mut self) {
        let n_in_use = self.n_in_use;
        let others = self.others.iter_mut().map(|(_, idle)| idle);
        std::iter::once(&mut self.standard).chain(others).for_each(|idle| idle.trim(n_in_use));
    }
}

impl IdleStacks {
    #[inline]
    fn take(&mut self) -> Option<Coroutine> {
        let coroutine = self.stacks.pop();
        self.n_lean = self.n_lean.min(self.stacks.len());
        coroutine
    }

    /// How many are to be unmapped.
    fn n_surplus(&self, n_in_use: usize) -> usize {
        if n_in_use > MAX_FRAGMENTS { 0 } else { self.stacks.len().saturating_sub(KEPT) }
    }

    /// How many hold more memory than they should.
    fn n_fat(&self) -> usize {
        self.stacks.len().saturating_sub(HOT + self.n_lean)
    }

    fn trim(&mut self, n_in_use: usize) {
        match self.n_surplus(n_in_use) {
            0 => {
                let n_lean = self.n_lean + self.n_fat().min(SLICE);
                self.stacks[self.n_lean..n_lean].iter_mut().for_each(Coroutine::free_unused);
                self.n_lean = n_lean;
            }
            // From the end, where it takes no moving of the rest.
            n_surplus => {
                self.stacks.truncate(self.stacks.len() - n_surplus.min(SLICE));
                self.n_lean = self.n_lean.min(self.stacks.len());
                if n_surplus <= SLICE {
                    self.stacks.shrink_to_fit();
                }
            }
        }
    }
}
