//! The ends of green threads, waited for together with other things.

use super::{Select, Source, Waitable, Watcher};
use crate::greenthread::{ExitStatus, GreenThread, Handle, Link};
use crate::hub::Waiter;
use crate::waitlist::{Ticket, Wakeable};

impl Source for Handle {
    fn reserve(&self) -> bool {
        self.is_ready()
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        let link = self.link(|_| {
            waiter.wake();
        });
        Ticket::of(link.number)
    }

    fn leave(&self, ticket: Ticket) {
        self.unlink(Link { number: ticket.number() });
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        let link = self.link(|_| {
            watcher.wake();
        });
        Ticket::of(link.number)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.leave(ticket);
    }

    fn is_ready(&self) -> bool {
        self.exit_status().is_some()
    }
}

impl<T: 'static> Source for GreenThread<T> {
    fn reserve(&self) -> bool {
        self.handle().reserve()
    }

    fn join(&self, waiter: Waiter) -> Ticket {
        Source::join(&self.handle(), waiter)
    }

    fn leave(&self, ticket: Ticket) {
        self.handle().leave(ticket);
    }

    fn watch(&self, watcher: Watcher) -> Ticket {
        self.handle().watch(watcher)
    }

    fn unwatch(&self, ticket: Ticket) {
        self.handle().leave(ticket);
    }

    fn is_ready(&self) -> bool {
        self.handle().is_ready()
    }
}

impl Waitable for Handle {
    fn source(&self) -> &dyn Source {
        self
    }
}

impl<T: 'static> Waitable for GreenThread<T> {
    fn source(&self) -> &dyn Source {
        self
    }
}

impl Select for Handle {
    type Output = ExitStatus;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> ExitStatus {
        self.exit_status().expect("a green thread wakes when it has ended")
    }
}

impl<T: 'static> Select for GreenThread<T> {
    type Output = ExitStatus;
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) -> ExitStatus {
        self.handle().take_reserved(())
    }
}
