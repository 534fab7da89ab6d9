//! The value of a proxy, and the calls that take turns with it.
//!
//! ```text
//!   call ──► queue ──► drain, on one thread at a time: call, call, call ...
//!              │         ▲
//!              └ job of ─┘ or a worker that waits for its own call
//!                the pool
//! ```

use std::collections::VecDeque;
use std::io;
use std::mem::needs_drop;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use super::super::call::Call;
use super::super::{size, workers};
use crate::greenthread::Builder;
use crate::hub;
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind;

/// What the handles of a proxy share.
pub(super) struct Turns<T: Send + 'static> {
    state: Mutex<State<T>>,
}

/// A call that waits for its turn. It must not unwind.
type Turn<T> = Box<dyn FnOnce(&mut Option<T>) + Send>;

struct State<T: Send + 'static> {
    /// Gone while a call has it, and when the last handle has taken it.
    value: Kept<T>,
    queue: VecDeque<Turn<T>>,
    /// Who runs the calls now.
    runner: Option<Context>,
    /// A job has been submitted that will run what is in the queue.
    is_scheduled: bool,
    /// Threads of the pool that wait for their turn. Whoever runs the calls stays until there is
    /// none: a job that is submitted instead might wait for one of these very threads.
    n_blocked: usize,
}

/// Who makes a call: an OS thread, and which of its green threads (0: none).
#[derive(Clone, Copy, PartialEq, Eq)]
struct Context(ThreadId, u64);

impl Context {
    fn current() -> Self {
        let fiber = hub::try_with(hub::Hub::try_current_fiber).flatten();
        let id = fiber.map_or(0, |fiber| if fiber.is_main { 0 } else { fiber.id });
        Context(thread::current().id(), id)
    }
}

impl<T: Send> Turns<T> {
    pub(super) fn new(value: T) -> Self {
        let state = State {
            value: Kept::new(Some(value)),
            queue: VecDeque::new(),
            runner: None,
            is_scheduled: false,
            n_blocked: 0,
        };
        Turns { state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock()
    }

    /// The value, if nobody uses it or is going to; whatever it is, none if that has been taken.
    pub(super) fn take_idle(&self) -> Option<Option<T>> {
        let mut state = self.state();
        let is_idle = state.runner.is_none() && state.queue.is_empty();
        is_idle.then(|| state.value.take())
    }

    #[track_caller]
    pub(super) fn call<F, R>(self: &Arc<Self>, f: F) -> R
    where
        F: FnOnce(&mut Option<T>) -> R + Send + 'static,
        R: Send + 'static,
    {
        let call = Arc::new(Call::new(f));
        let theirs = call.clone();
        let turn = Box::new(move |value: &mut Option<T>| theirs.run(|f| f(value)));
        let what = "a call of a tpool::Proxy";
        self.assert_outside();
        if workers::is_worker() {
            let _blocked = self.push_from_worker(turn);
            self.drain(|| call.has_ended());
            return call.finish().unwrap_or_else(|| started(call.wait(what, true, || Ok(()))));
        }
        let is_far = !size::is_zero();
        started(call.wait(what, is_far, || self.push(turn, is_far)))
    }

    #[track_caller]
    fn assert_outside(&self) {
        let is_within = self.state().runner == Some(Context::current());
        assert!(
            !is_within,
            "a tpool::Proxy was called from within one of its own calls, which would wait for itself"
        );
    }

    /// Queues a call, and sees to it that someone will run it.
    fn push(self: &Arc<Self>, turn: Turn<T>, is_far: bool) -> io::Result<()> {
        let mut state = self.state();
        state.queue.push_back(turn);
        if state.runner.is_none() && !state.is_scheduled {
            let scheduled = self.schedule(is_far);
            if scheduled.is_err() {
                let turn = state.queue.pop_back();
                drop(state);
                drop(turn);
                return scheduled;
            }
            state.is_scheduled = true;
        }
        Ok(())
    }

    /// Queues a call of a worker, which will run it itself or wait.
    fn push_from_worker(&self, turn: Turn<T>) -> Blocked<'_, T> {
        let mut state = self.state();
        state.queue.push_back(turn);
        state.n_blocked += 1;
        Blocked { turns: self }
    }

    /// Has the calls run by the pool, or, if they are to run in place, by a green thread.
    fn schedule(self: &Arc<Self>, is_far: bool) -> io::Result<()> {
        let theirs = self.clone();
        let job = move || {
            theirs.state().is_scheduled = false;
            theirs.drain(|| false);
        };
        if is_far {
            return workers::submit(Box::new(job)).map_err(|(_, error)| error);
        }
        Builder::new().name("tpool").spawn(job).map(drop)
    }

    /// Runs the calls in the queue one after the other, unless someone does so already. Leaves the
    /// rest to others as soon as `is_done`, or when there is other work for the thread, which outside
    /// the pool there always is.
    fn drain(self: &Arc<Self>, is_done: impl Fn() -> bool) {
        let mut state = self.state();
        if state.runner.is_some() {
            return;
        }
        let is_worker = workers::is_worker();
        while let Some(turn) = state.queue.pop_front() {
            state.runner = Some(Context::current());
            let mut value = state.value.take();
            drop(state);
            turn(&mut value);
            let may_leave = !is_worker || is_done() || workers::is_wanted_elsewhere();
            state = self.state();
            state.value = Kept::new(value);
            state.runner = None;
            if may_leave && state.n_blocked == 0 && self.leave(&mut state) {
                return;
            }
        }
    }

    /// Leaves the rest of the queue to others; says whether that could be.
    fn leave(self: &Arc<Self>, state: &mut State<T>) -> bool {
        if !state.queue.is_empty() && !state.is_scheduled {
            let is_far = workers::is_worker() || !size::is_zero();
            state.is_scheduled = self.schedule(is_far).is_ok();
            return state.is_scheduled;
        }
        true
    }
}

#[track_caller]
fn started<F, R>(result: Result<R, (F, io::Error)>) -> R {
    result.unwrap_or_else(|(_, error)| {
        panic!("the native thread pool cannot start a thread: {error}")
    })
}

/// A worker that waits for its turn.
struct Blocked<'a, T: Send + 'static> {
    turns: &'a Turns<T>,
}

impl<T: Send> Drop for Blocked<'_, T> {
    fn drop(&mut self) {
        self.turns.state().n_blocked -= 1;
    }
}

/// A value that is dropped on the pool, wherever its last holder lets it go.
pub(super) struct Kept<T: Send + 'static>(Option<T>);

impl<T: Send> Kept<T> {
    pub(super) fn new(value: Option<T>) -> Self {
        Kept(value)
    }

    pub(super) fn take(&mut self) -> Option<T> {
        self.0.take()
    }
}

impl<T: Send> Drop for Kept<T> {
    fn drop(&mut self) {
        let Some(value) = self.0.take() else { return };
        if !needs_drop::<T>() || workers::is_worker() || size::is_zero() {
            return unwind::drop_contained(value);
        }
        let job = Box::new(|| unwind::drop_contained(value));
        // Without a thread it is dropped here, which is better than never.
        if let Err((job, _)) = workers::submit(job) {
            job();
        }
    }
}
