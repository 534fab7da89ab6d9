//! What a fiber has of this.

use std::cell::{Cell, OnceCell};
use std::ptr;

use super::layout;
use super::own::Own;

/// A fiber's own values of the thread-local variables, if it has them.
pub(crate) struct FiberLocals {
    stage: Cell<Stage>,
    /// Kept from one life of the fiber's record to the next, in which they begin anew.
    own: OnceCell<Box<Own>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It uses the OS thread's.
    Shared,
    /// It has its own.
    Own,
    /// Its own are being destroyed.
    Ending,
}

impl FiberLocals {
    pub(crate) const fn new() -> Self {
        FiberLocals { stage: Cell::new(Stage::Shared), own: OnceCell::new() }
    }

    /// The record is now that of another fiber, which has not begun.
    #[inline]
    pub(crate) fn renew(&self) {
        self.stage.set(Stage::Shared);
    }

    /// The fiber begins.
    #[inline]
    pub(crate) fn begin(&self) {
        if let Some(layout) = layout() {
            layout.strangers.settle(layout.block());
            self.own.get_or_init(|| Own::new(layout));
            self.stage.set(Stage::Own);
        }
    }

    /// Where its values are while it does not run.
    #[inline]
    pub(crate) fn place(&self) -> Place {
        Place(if self.are_own() { self.own() } else { ptr::null() })
    }

    /// Drops the values, on the fiber's own stack. What it runs afterwards finds new ones.
    pub(crate) fn end(&self) {
        self.stage.set(Stage::Ending);
        self.own().destroy();
        self.stage.set(Stage::Own);
    }

    /// Whether the fiber has its own values.
    #[inline]
    pub(crate) fn are_own(&self) -> bool {
        self.stage.get() != Stage::Shared
    }

    /// Whether they are being dropped. Nothing may be thrown into the fiber then: destructors of
    /// thread-local variables cannot unwind.
    #[inline]
    pub(crate) fn are_ending(&self) -> bool {
        self.stage.get() == Stage::Ending
    }

    fn own(&self) -> &Own {
        self.own.get().expect("it has begun with its own")
    }
}

/// A fiber's own values, or null. The hub has the fiber meanwhile.
pub(crate) struct Place(*const Own);

impl Place {
    /// Calls `resume`, which runs the fiber, with its values in place.
    #[inline]
    pub(crate) fn run(self, resume: impl FnOnce()) {
        if self.0.is_null() {
            resume();
            return;
        }
        // SAFETY: the fiber's record has them until it is freed, and the hub keeps it while it runs.
        let own = unsafe { &*self.0 };
        own.enter();
        resume();
        own.leave();
    }
}
