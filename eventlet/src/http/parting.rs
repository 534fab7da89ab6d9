//! How whoever has taken over a connection hears that the server stops.

use std::cell::{Cell, RefCell};

use super::hooks;

/// Shared by the server and the connection.
#[derive(Default)]
pub(super) struct Parting {
    is_due: Cell<bool>,
    hook: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Parting {
    /// Has `hook` called when the server stops; now, if it does already.
    pub(super) fn on(&self, hook: impl FnOnce() + 'static) {
        if self.is_due.get() {
            hook();
        } else {
            self.hook.replace(Some(Box::new(hook)));
        }
    }

    /// The server stops.
    pub(super) fn announce(&self) {
        self.is_due.set(true);
        if let Some(hook) = self.hook.take() {
            hooks::call(hook);
        }
    }
}
