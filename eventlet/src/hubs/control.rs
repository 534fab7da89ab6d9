//! What a hub's OS thread and the handles of the hub share: the request to shut down, and its
//! outcome.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Shutdown;
use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::oslock::{Mutex, MutexGuard};

/// One for each hub made by [`spawn_hub`](super::spawn_hub).
pub(super) struct Control {
    /// The name of the OS thread.
    pub(super) name: String,
    /// How many handles there are; without any, the hub ends when it has nothing left to do.
    n_handles: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether anyone has asked for the end.
    is_requested: bool,
    /// A limit that the hub has not read yet.
    limit: Option<Duration>,
    /// The limit has passed, and others that are asked for come too late.
    ignores_limits: bool,
    outcome: Option<Shutdown>,
    /// Those who wait for the outcome.
    waiters: Vec<RemoteWaiter>,
    thread: Option<JoinHandle<()>>,
}

/// What the hub should be doing.
pub(super) enum Phase {
    /// Waiting for work.
    Serving,
    /// Finishing what it has, since nobody can send more.
    Deserted,
    /// Finishing what it has, within the limit if there is a new one.
    Draining(Option<Duration>),
}

impl Control {
    /// With one handle.
    pub(super) fn new(name: String) -> Self {
        Control { name, n_handles: AtomicUsize::new(1), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(super) fn add_handle(&self) {
        self.n_handles.fetch_add(1, Ordering::Relaxed);
    }

    /// Says whether it was the last.
    pub(super) fn remove_handle(&self) -> bool {
        self.n_handles.fetch_sub(1, Ordering::AcqRel) == 1
    }

    pub(super) fn set_thread(&self, thread: JoinHandle<()>) {
        self.state().thread = Some(thread);
    }

    /// Asks for the end, within `limit`; of several limits the one that ends first counts.
    pub(super) fn request(&self, limit: Duration) {
        let mut state = self.state();
        state.is_requested = true;
        if !state.ignores_limits {
            state.limit = Some(state.limit.map_or(limit, |earlier| earlier.min(limit)));
        }
    }

    /// Leaves those that have been killed the time that they have for that, whatever limits are
    /// asked for from now on.
    pub(super) fn ignore_limits(&self) {
        let mut state = self.state();
        state.ignores_limits = true;
        state.limit = None;
    }

    pub(super) fn phase(&self) -> Phase {
        let mut state = self.state();
        if state.is_requested {
            Phase::Draining(state.limit.take())
        } else if self.n_handles.load(Ordering::Acquire) == 0 {
            Phase::Deserted
        } else {
            Phase::Serving
        }
    }

    /// Publishes the outcome, the last thing that the OS thread does.
    pub(super) fn end(&self, outcome: Shutdown) {
        let waiters = {
            let mut state = self.state();
            state.outcome = Some(outcome);
            std::mem::take(&mut state.waiters)
        };
        waiters.iter().for_each(RemoteWaiter::wake);
    }

    pub(super) fn outcome(&self) -> Option<Shutdown> {
        self.state().outcome.clone()
    }

    /// Waits for the outcome, but not longer than until `deadline`.
    pub(super) fn wait(&self, deadline: Time) -> Wake {
        hub::with(|hub| {
            hub.wait_for_outside("the shutdown of a hub", deadline, |waiter| {
                let mut state = self.state();
                let must_wait = state.outcome.is_none();
                if must_wait {
                    state.waiters.push(waiter);
                }
                must_wait
            })
        })
    }

    /// Waits for the last moments of the OS thread, of which the outcome is a part.
    pub(super) fn join(&self) {
        let thread = self.state().thread.take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}
