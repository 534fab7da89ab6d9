//! Those who wait for something that is there for everyone: nothing of it is used up.

use super::{Source, Watcher};
use crate::hub::{self, Hub, Time, Waiter};
use crate::waitlist::{Ticket, WaitList};

/// Those who wait until something is so.
#[derive(Default)]
pub(crate) struct Audience {
    /// Those who wait for this alone, or by `select!`.
    waiters: WaitList,
    /// Those who are told of it among other things.
    watchers: WaitList<Watcher>,
}

impl Audience {
    /// Tells all of them, in the order they came.
    #[inline]
    pub(crate) fn tell(&self) {
        self.waiters.wake_all();
        self.watchers.wake_all();
    }

    /// Waits to be told until `deadline`; says whether that was so. Raises what is thrown meanwhile.
    #[inline(always)]
    pub(crate) fn wait(
        &self,
        waits_for: &'static str,
        deadline: impl FnOnce(&Hub) -> Time,
    ) -> bool {
        self.waiters.wait(waits_for, hub::with(deadline)).ready_or_raise()
    }
}

/// What an [`Audience`] waits for.
pub(crate) trait Condition {
    fn audience(&self) -> &Audience;

    /// Whether it is so now.
    fn holds(&self) -> bool;
}

impl<C: Condition> Source for C {
    /// It is there for everyone: nothing need be taken aside.
    fn reserve(&self) -> bool {
        self.holds()
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        self.audience().waiters.join(waiter)
    }

    fn leave(&self, ticket: Ticket) {
        self.audience().waiters.leave(ticket);
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.audience().watchers.join(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.audience().watchers.leave(ticket);
    }

    fn is_ready(&self) -> bool {
        self.holds()
    }
}
