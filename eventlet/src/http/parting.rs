//! How whoever has taken over a connection hears that the server stops.

use std::cell::{Cell, RefCell};

use super::hooks;

/// Shared by the server and the connection.
#[derive(Default)]
pub(super) struct Parting {
    is_due: Cell<bool>,
    is_over: Cell<bool>,
    /// In the order in which they are called.
    hooks: RefCell<Vec<Box<dyn FnOnce()>>>,
}

impl Parting {
    /// Has `hook` called when the server stops; now, if it does already; never, if nobody is told any more.
    pub(super) fn on(&self, hook: impl FnOnce() + 'static) {
        if self.is_due.get() {
            hook();
        } else if !self.is_over.get() {
            self.hooks.borrow_mut().push(Box::new(hook));
        }
    }

    /// Whoever has taken it over has ended: nobody is to be told, and nothing kept for that. The hooks may
    /// have the connection, which has them.
    pub(super) fn forget(&self) {
        self.is_over.set(true);
        drop(self.hooks.take());
    }

    /// The server stops.
    pub(super) fn announce(&self) {
        self.is_due.set(true);
        self.hooks.take().into_iter().for_each(hooks::call);
    }
}
