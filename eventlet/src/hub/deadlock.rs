//! The report of a deadlock: the main context waits, and nothing can ever wake anyone.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use super::Hub;
use super::fiber::{FiberRc, State};

/// Green threads listed in the report; the rest are counted.
const LISTED: usize = 20;

impl Hub {
    /// Whether nothing can happen any more, given that nothing is runnable and no timer runs:
    /// no fiber waits for a descriptor, and no other thread holds anything that could wake us.
    pub(super) fn is_deadlocked(&self) -> bool {
        if self.poller.borrow().n_waiters() > 0 || Arc::strong_count(&self.remote) > 1 {
            return false;
        }
        // Whoever dropped the last other half may have sent a message before.
        fence(Ordering::Acquire);
        !self.remote.has_mail()
    }

    /// Panics in the main context, with a list of who waits for what.
    #[cold]
    pub(super) fn report_deadlock(&self) -> ! {
        let main = &self.main;
        let mut text = format!(
            "deadlock: the main context waits for {}, no green thread is runnable, and there is \
             no timer, no I/O and no other thread that could wake one",
            main.waits_for.get()
        );
        self.list_fibers(&mut text);
        self.surface();
        panic!("{text}");
    }

    /// Lists who waits for what, one to a line.
    pub(crate) fn list_fibers(&self, text: &mut String) {
        let fibers = self.live_fibers();
        for fiber in fibers.iter().take(LISTED) {
            describe(text, fiber);
        }
        if fibers.len() > LISTED {
            let _ = write!(text, "\n  and {} more", fibers.len() - LISTED);
        }
    }
}

fn describe(text: &mut String, fiber: &FiberRc) {
    let name = fiber.name.as_deref().map_or_else(|| format!("green-{}", fiber.id), str::to_owned);
    let (how, what) = match fiber.state.get() {
        State::New => ("to be started", ""),
        _ => ("for ", fiber.waits_for.get()),
    };
    // Writing to a string cannot fail.
    let _ = write!(text, "\n  '{name}' waits {how}{what}, spawned at {}", fiber.spawned_at);
}
