//! One call: what is to be run, who waits for it, and what has come of it.

use std::io;
use std::mem;

use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind::{self, Payload};

/// Shared by the caller and the thread that runs it.
pub(super) struct Call<F, R> {
    state: Mutex<State<F, R>>,
}

enum State<F, R> {
    /// It has not begun.
    Queued(F, Option<RemoteWaiter>),
    Running(Option<RemoteWaiter>),
    /// It has ended, by its result or a panic.
    Ended(Result<R, Payload>),
    /// The result has been taken, or nobody wants it.
    Over,
}

impl<F, R> Call<F, R> {
    pub(super) fn new(f: F) -> Self {
        Call { state: Mutex::new(State::Queued(f, None)) }
    }

    fn state(&self) -> MutexGuard<'_, State<F, R>> {
        self.state.lock()
    }

    /// Has `apply` call the function, unless nobody wants that any more. Never unwinds.
    pub(super) fn run(&self, apply: impl FnOnce(F) -> R) {
        if let Some(f) = self.begin() {
            self.end(unwind::catch(|| apply(f)));
        }
    }

    fn begin(&self) -> Option<F> {
        let mut state = self.state();
        match mem::replace(&mut *state, State::Over) {
            State::Queued(f, waiter) => {
                *state = State::Running(waiter);
                Some(f)
            }
            _ => None,
        }
    }

    fn end(&self, result: Result<R, Payload>) {
        let mut state = self.state();
        let State::Running(waiter) = mem::replace(&mut *state, State::Over) else {
            drop(state);
            // Its destructor is the user's code, and the worker must survive it.
            return unwind::drop_contained(result);
        };
        *state = State::Ended(result);
        // The result is there before the caller can look for it.
        drop(state);
        if waiter.is_some_and(|waiter| !waiter.try_wake()) {
            // The caller is abandoned, with its hub.
            self.give_up();
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(*self.state(), State::Ended(_))
    }

    /// Has `start` see to it that someone runs the call, and waits for the result; raises it if it
    /// is a panic. `is_far` is whether it surely comes from another thread. A caller that is killed
    /// meanwhile takes the call back, if it has not begun.
    ///
    /// It always lets others run: who makes one call after the other does not keep the hub.
    ///
    /// # Errors
    ///
    /// Gives the function back if `start` fails.
    #[track_caller]
    pub(super) fn wait(
        &self,
        what: &'static str,
        is_far: bool,
        start: impl FnOnce() -> io::Result<()>,
    ) -> Result<R, (F, io::Error)> {
        let interest = Interest { call: self };
        let mut started = Ok(());
        let register = |waiter| {
            let must_wait = self.register(waiter);
            started = start();
            must_wait && started.is_ok()
        };
        let wake = hub::with(|hub| match is_far {
            true => hub.wait_for_outside(what, Time::NEVER, register),
            false => hub.wait_for_anyone(what, Time::NEVER, register),
        });
        if let Err(error) = started {
            return Err((self.begin().expect("nobody has been given the call"), error));
        }
        if let Wake::Thrown(payload) = wake {
            drop(interest);
            unwind::raise(payload);
        }
        Ok(self.finish().expect("who runs a call wakes the caller when it has ended"))
    }

    /// The result, once, if it is there; raises it if it is a panic.
    pub(super) fn finish(&self) -> Option<R> {
        let result = {
            let mut state = self.state();
            match mem::replace(&mut *state, State::Over) {
                State::Ended(result) => result,
                other => {
                    *state = other;
                    return None;
                }
            }
        };
        Some(result.unwrap_or_else(|payload| unwind::raise(payload)))
    }

    /// Nobody wants the result. One that is there is dropped here, and so is a call that has not
    /// begun.
    fn give_up(&self) {
        let was = mem::replace(&mut *self.state(), State::Over);
        // What it carries is the user's.
        unwind::drop_contained(was);
    }

    /// Says whether there is anything to wait for.
    fn register(&self, new: RemoteWaiter) -> bool {
        match &mut *self.state() {
            State::Queued(_, waiter) | State::Running(waiter) => *waiter = Some(new),
            State::Ended(_) | State::Over => return false,
        }
        true
    }
}

/// While the caller has it, the result is wanted.
struct Interest<'a, F, R> {
    call: &'a Call<F, R>,
}

impl<F, R> Drop for Interest<'_, F, R> {
    fn drop(&mut self) {
        self.call.give_up();
    }
}
