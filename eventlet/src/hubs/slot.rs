//! Where the result of a green thread waits for another hub to fetch it.

use std::mem;
use std::sync::Arc;

use super::residents::Bereaved;
use crate::greenthread::Exit;
use crate::hub::{Hub, RemoteWaiter, Time, Wake};
use crate::oslock::{Mutex, MutexGuard};

/// Shared by a green thread and the handle that another hub has of it.
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
}

enum State<T> {
    /// It has not ended; who waits for that.
    Running(Option<RemoteWaiter>),
    /// It has not ended, and nobody will want to know.
    Detached,
    /// It has ended.
    Ended(Result<T, Exit>),
    /// It has ended, and the result is gone.
    Empty,
}

impl<T> Slot<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Slot { state: Mutex::new(State::Running(None)) })
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock()
    }

    /// The result, once, if it is there.
    pub(super) fn take(&self) -> Option<Result<T, Exit>> {
        let mut state = self.state();
        match mem::replace(&mut *state, State::Empty) {
            State::Ended(result) => Some(result),
            other => {
                *state = other;
                None
            }
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(*self.state(), State::Ended(_) | State::Empty)
    }

    /// Waits once, until the end if nothing else wakes the caller before.
    pub(super) fn wait(&self, hub: &Hub) -> Wake {
        let what = "the end of a green thread of another hub";
        let wake = hub.wait_for_outside(what, Time::NEVER, |waiter| match &mut *self.state() {
            State::Running(slot) => {
                *slot = Some(waiter);
                true
            }
            _ => false,
        });
        if let State::Running(waiter) = &mut *self.state() {
            *waiter = None;
        }
        wake
    }

    /// Nobody will fetch the result. One that is there is dropped here.
    pub(super) fn detach(&self) {
        let mut state = self.state();
        let was = match &*state {
            State::Running(_) => mem::replace(&mut *state, State::Detached),
            _ => mem::replace(&mut *state, State::Empty),
        };
        drop(state);
        drop(was);
    }

    /// Says how it ended, unless that is known. Says whether somebody may see the result.
    fn end(&self, result: Result<T, Exit>) -> bool {
        let mut state = self.state();
        match mem::replace(&mut *state, State::Empty) {
            State::Running(waiter) => {
                *state = State::Ended(result);
                drop(state);
                if let Some(waiter) = waiter {
                    waiter.wake();
                }
                true
            }
            State::Ended(first) => {
                *state = State::Ended(first);
                true
            }
            State::Detached | State::Empty => {
                drop(state);
                // Its destructor is the user's code.
                drop(result);
                false
            }
        }
    }
}

impl<T: Send> Bereaved for Slot<T> {
    fn abandon(&self) {
        self.end(Err(Exit::abandoned()));
    }
}

/// The duty to say how a green thread ended; whoever drops it says that it was abandoned.
pub(super) struct Delivery<T: Send> {
    slot: Arc<Slot<T>>,
}

impl<T: Send + 'static> Delivery<T> {
    pub(super) fn new(slot: Arc<Slot<T>>) -> Self {
        Delivery { slot }
    }

    pub(super) fn bereaved(&self) -> Arc<dyn Bereaved> {
        self.slot.clone()
    }

    /// Leaves the result, and says whether somebody may see it.
    pub(super) fn deliver(self, result: Result<T, Exit>) -> bool {
        self.slot.end(result)
    }
}

impl<T: Send> Drop for Delivery<T> {
    fn drop(&mut self) {
        self.slot.abandon();
    }
}
