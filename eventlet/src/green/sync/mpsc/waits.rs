//! Those who wait at a channel, and leave it in order however their wait ends.

use super::channel::{Blocked, Channel, Waiting, wake};
use crate::hub::{self, Hub, RemoteWaiter};

/// Lets the others run after many calls that did not have to wait: of who sends, and never waits for
/// room, and of who asks for messages that another is to send.
pub(super) fn take_turns() {
    hub::try_with(|hub| hub.count_io_call(false));
}

/// A message that waits for room, or to be taken.
pub(super) struct Offer<'a, T> {
    channel: &'a Channel<T>,
    /// Before it is offered, and when it has come back.
    message: Option<T>,
    ticket: Option<u64>,
}

impl<'a, T> Offer<'a, T> {
    /// Not offered yet.
    pub(super) fn new(channel: &'a Channel<T>, message: T) -> Self {
        Offer { channel, message: Some(message), ticket: None }
    }

    /// Says whether there is anything to wait for.
    pub(super) fn make(&mut self, waiter: RemoteWaiter) -> bool {
        let mut state = self.channel.state();
        if !state.has_receiver {
            return false;
        }
        let Some(message) = self.message.take() else { return false };
        let must_wait = !state.has_room();
        if must_wait {
            hub::try_with(Hub::count_from_here);
            let ticket = state.take_ticket();
            state.blocked.push_back(Blocked { ticket, message, waiter: Some(waiter) });
            self.ticket = Some(ticket);
        } else {
            state.queue.push_back(message);
        }
        let receiver = state.next_receiver();
        drop(state);
        wake(receiver);
        must_wait
    }

    /// The message, if it has not left.
    pub(super) fn into_message(mut self) -> Option<T> {
        self.take_back();
        self.message.take()
    }

    fn take_back(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.message = self.channel.state().withdraw(ticket);
        }
    }
}

impl<T> Drop for Offer<'_, T> {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// A receiver's place among those that wait.
pub(super) struct Place<'a, T> {
    channel: &'a Channel<T>,
    ticket: Option<u64>,
}

impl<'a, T> Place<'a, T> {
    /// Not taken yet.
    pub(super) fn new(channel: &'a Channel<T>) -> Self {
        Place { channel, ticket: None }
    }

    /// Says whether there is anything to wait for.
    pub(super) fn take(&mut self, waiter: RemoteWaiter) -> bool {
        let mut state = self.channel.state();
        if state.has_message() || state.n_senders == 0 {
            return false;
        }
        hub::try_with(Hub::count_from_here);
        let ticket = state.take_ticket();
        state.receivers.push_back(Waiting { ticket, waiter });
        self.ticket = Some(ticket);
        true
    }

    /// The receiver has been called from it, and comes.
    pub(super) fn forget(&mut self) {
        self.ticket = None;
    }

    /// Leaves the place, and says whether the receiver had been called from it.
    pub(super) fn leave(&mut self) -> bool {
        let Some(ticket) = self.ticket.take() else { return false };
        let mut state = self.channel.state();
        let place = state.receivers.binary_search_by_key(&ticket, |waiting| waiting.ticket);
        place.map(|index| state.receivers.remove(index)).is_err()
    }
}

impl<T> Drop for Place<'_, T> {
    /// Who was called from it, and does not come, lets the next one be called.
    fn drop(&mut self) {
        if !self.leave() {
            return;
        }
        let next = {
            let mut state = self.channel.state();
            if state.has_message() { state.next_receiver() } else { None }
        };
        wake(next);
    }
}
