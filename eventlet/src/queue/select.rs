//! Queues among the things that one waits for together.

use super::base::Base;
use super::error::Empty;
use super::inner::Inner;
use super::store::Store;
use super::tasks::Count;
use crate::hub::{self, Hub, Waiter};
use crate::select::{Select, Source, Waitable, Watcher};
use crate::waitlist::Ticket;

impl<T, S: Store<T>, C: Count> Source for Inner<T, S, C> {
    fn reserve(&self) -> bool {
        Inner::reserve(self)
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        self.join_getters(waiter)
    }

    fn leave(&self, ticket: Ticket) {
        self.leave_getters(ticket);
    }

    fn is_ready(&self) -> bool {
        self.has_item() || self.is_shut_down()
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.watch_items(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.unwatch_items(ticket);
    }
}

impl<T, S: Store<T>, C: Count> Waitable for Base<T, S, C> {
    fn source(&self) -> &dyn Source {
        &*self.inner
    }
}

impl<T, S: Store<T>, C: Count> Select for Base<T, S, C> {
    type Output = Result<T, Empty>;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> Result<T, Empty> {
        self.inner.take_given(hub::with(Hub::current_id))
    }
}
