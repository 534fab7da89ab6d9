//! What the waker of a future and the fiber that polls it share.

use std::mem;
use std::sync::Arc;
use std::task::Wake;

use crate::hub::{self, Hub, RemoteWaiter, Time};
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind;

/// Whether a future has been woken, and who is to be told.
#[derive(Default)]
pub(super) struct Signal {
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    /// Not woken since it was last polled, and nobody waits.
    #[default]
    Idle,
    /// Woken: it is to be polled.
    Woken,
    /// Its fiber waits for a wake.
    Awaited(RemoteWaiter),
}

impl Signal {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Waits until the future has been woken; raises what is thrown meanwhile.
    pub(super) fn wait(&self) {
        let was_woken = matches!(*self.state(), State::Woken);
        let _calm = Calm { signal: self };
        if was_woken {
            give_way();
            return;
        }
        let wake = hub::with(|hub| {
            hub.wait_for_anyone("a future", Time::NEVER, |waiter| self.await_by(waiter))
        });
        if let hub::Wake::Thrown(payload) = wake {
            unwind::raise(payload);
        }
    }

    /// Says whether there is anything to wait for.
    fn await_by(&self, waiter: RemoteWaiter) -> bool {
        let mut state = self.state();
        let must_wait = !matches!(*state, State::Woken);
        if must_wait {
            *state = State::Awaited(waiter);
        }
        must_wait
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let before = mem::replace(&mut *self.state(), State::Woken);
        if let State::Awaited(waiter) = before {
            waiter.wake();
        }
    }
}

/// Lets everyone run that is runnable. While the caller unwinds a yield would not, and what the
/// future waits for might never come.
fn give_way() {
    if hub::with(Hub::current_is_unwinding) {
        hub::sleep_until(hub::with(Hub::now));
    } else {
        hub::yield_now();
    }
}

/// Forgets the wake, and who waited, however the wait ends: a waker that is kept for ever must not
/// seem to be able to wake someone.
struct Calm<'a> {
    signal: &'a Signal,
}

impl Drop for Calm<'_> {
    fn drop(&mut self) {
        let before = mem::take(&mut *self.signal.state());
        drop(before);
    }
}
