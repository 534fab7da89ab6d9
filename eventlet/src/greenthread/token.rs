//! What `unpark` leaves for `park`.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::unwind;

/// Lets one green thread pass once, or has it wait until it may.
#[derive(Default)]
pub(crate) struct Token {
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Absent,
    Given,
    /// The green thread waits for it.
    Awaited(RemoteWaiter),
}

impl Token {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives it, from any thread. There is never more than one.
    pub(crate) fn give(&self) {
        let was = mem::replace(&mut *self.state(), State::Given);
        if let State::Awaited(waiter) = was {
            waiter.wake();
        }
    }

    /// Takes it, waiting for it until `deadline`. Raises what is thrown meanwhile. It is for the one
    /// green thread that it belongs to.
    pub(crate) fn take(&self, deadline: Time) {
        if self.try_take() {
            return;
        }
        let wake =
            hub::with(|hub| hub.wait_for_anyone("unpark", deadline, |waiter| self.expect(waiter)));
        if let Wake::Thrown(payload) = wake {
            self.give_up();
            unwind::raise(payload);
        }
        self.try_take();
    }

    fn try_take(&self) -> bool {
        let was = mem::take(&mut *self.state());
        matches!(was, State::Given)
    }

    /// Says whether there is anything to wait for.
    fn expect(&self, waiter: RemoteWaiter) -> bool {
        let mut state = self.state();
        if matches!(*state, State::Given) {
            return false;
        }
        *state = State::Awaited(waiter);
        true
    }

    /// Does not wait any more. A token that has come is kept.
    fn give_up(&self) {
        let mut state = self.state();
        if matches!(*state, State::Awaited(_)) {
            *state = State::Absent;
        }
    }
}
