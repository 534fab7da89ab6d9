//! What other OS threads may know of a green thread.

use std::cell::OnceCell;
use std::sync::Arc;
use std::thread;

use super::packet::Shared;
use super::token::Token;
use crate::hub::{self, Fiber, Hub};

/// Which green thread, or which main context, is meant.
pub(crate) struct Identity {
    pub(crate) id: u64,
    pub(crate) name: Option<Box<str>>,
    /// What it parks for.
    pub(crate) token: Token,
}

thread_local! {
    /// That of the main context.
    static MAIN: OnceCell<Arc<Identity>> = const { OnceCell::new() };
}

impl Identity {
    fn new(id: u64, name: Option<&str>) -> Arc<Self> {
        Arc::new(Identity { id, name: name.map(Into::into), token: Token::default() })
    }

    /// That of the caller.
    pub(crate) fn current() -> Arc<Self> {
        Self::with_current(Arc::clone)
    }

    /// Calls `f` with that of the caller.
    pub(crate) fn with_current<R>(f: impl FnOnce(&Arc<Self>) -> R) -> R {
        let fiber = hub::with(Hub::current_fiber);
        if !fiber.is_main {
            return f(Self::of(&fiber));
        }
        let make = || Identity::new(fiber.id, thread::current().name());
        // While the OS thread ends, it is a new one each time.
        let kept = MAIN.try_with(|main| main.get_or_init(make).clone());
        f(&kept.unwrap_or_else(|_| make()))
    }

    /// That of a green thread.
    pub(super) fn of(fiber: &Fiber) -> &Arc<Self> {
        let shared = fiber.extension().and_then(|extension| extension.downcast_ref::<Shared>());
        let shared = shared.expect("it is a green thread");
        shared.identity.get_or_init(|| Identity::new(fiber.id, fiber.name.as_deref()))
    }
}
