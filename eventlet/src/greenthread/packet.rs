//! What a green thread's fiber carries: the function, then its result, and who wants to know.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::mem;
use std::panic::Location;
use std::sync::Arc;

use super::contain::contain;
use super::exit::{Exit, ExitStatus};
use super::identity::Identity;
use super::links::Links;
use super::locals::Locals;
use crate::hub::{self, Body, FiberRc, State, Waiter};
use crate::unwind::{self, Payload};

/// What is known of every green thread, whatever it returns.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) links: Links,
    /// The values of its own, while it lives.
    pub(super) locals: Locals,
    /// What other OS threads know it by; made when it is asked for.
    pub(super) identity: OnceCell<Arc<Identity>>,
    /// The one who waits for the result; a handle can be waited for once.
    pub(super) joiner: Cell<Option<Waiter>>,
    /// Nobody wants the result any more.
    pub(super) is_detached: Cell<bool>,
    /// Where the pool that spawned it keeps it; means nothing to others.
    pub(super) seat: Cell<u32>,
}

impl Shared {
    /// Whether a green thread has ended. The hub says so before one that has not begun is discarded,
    /// whose destructors may wait.
    pub(super) fn is_dead(&self, fiber: &FiberRc) -> bool {
        fiber.state() == State::Done && self.links.status().is_some()
    }
}

/// The part of a green thread that knows its types.
pub(super) struct Packet<F, T, O = Kept> {
    pub(super) shared: Shared,
    content: RefCell<Content<F, T>>,
    /// Where the result goes.
    outlet: O,
}

/// Where the result of a green thread goes.
pub(super) trait Outlet<T> {
    /// Passes the result on, or gives it back.
    fn pass(&self, result: Result<T, Exit>) -> Passed<T>;
}

/// What has become of a result.
pub(super) enum Passed<T> {
    /// Somebody else has it.
    On,
    /// It is to stay in the packet.
    Back(Result<T, Exit>),
    /// Nobody wants it.
    Unwanted(Result<T, Exit>),
}

/// The result stays in the packet, where the handles of the same hub look.
pub(super) struct Kept;

impl<T> Outlet<T> for Kept {
    #[inline]
    fn pass(&self, result: Result<T, Exit>) -> Passed<T> {
        Passed::Back(result)
    }
}

/// What a packet holds: one thing after the other, in one place.
enum Content<F, T> {
    Job(F),
    Result(Result<T, Exit>),
    /// The job runs, or the result has been taken.
    Nothing,
}

/// A body whose result can be taken.
pub(super) trait Joinable<T>: Body {
    fn shared(&self) -> &Shared;

    /// The result, once, after the end.
    fn take_result(&self) -> Option<Result<T, Exit>>;
}

impl<F, T> Packet<F, T>
where
    F: FnOnce() -> T,
{
    pub(super) fn new(job: F) -> Self {
        Packet::with_outlet(job, Kept)
    }

    /// That of a green thread that has ended.
    pub(super) fn ended(result: Result<T, Exit>) -> Self {
        let (shared, status) = (Shared::default(), status_of(&result));
        shared.links.call_all(status);
        Packet { shared, content: RefCell::new(Content::Result(result)), outlet: Kept }
    }
}

impl<F, T, O> Packet<F, T, O>
where
    F: FnOnce() -> T,
    O: Outlet<T>,
{
    pub(super) fn with_outlet(job: F, outlet: O) -> Self {
        let content = RefCell::new(Content::Job(job));
        Packet { shared: Shared::default(), content, outlet }
    }

    fn take_job(&self) -> Option<F> {
        match self.content.replace(Content::Nothing) {
            Content::Job(job) => Some(job),
            _ => None,
        }
    }

    /// Stores the result and tells everyone. The order is Eventlet's: whoever waits is queued,
    /// then the links are called, and then the green thread is dead. What was thrown at the caller
    /// meanwhile is returned.
    fn complete(&self, fiber: &FiberRc, result: Result<T, Exit>) -> Option<Payload> {
        let status = status_of(&result);
        let mut thrown = None;
        match self.outlet.pass(result) {
            Passed::On => {}
            Passed::Back(result) if !self.shared.is_detached.get() => {
                self.content.replace(Content::Result(result));
            }
            Passed::Back(result) | Passed::Unwanted(result) => {
                report_unseen(fiber.name.as_deref(), fiber.spawned_at, status);
                // The destructor of the result is the user's code.
                thrown = contain(|| drop(result));
            }
        }
        if let Some(joiner) = self.shared.joiner.take() {
            joiner.wake();
        }
        self.shared.links.call_all(status).or(thrown)
    }
}

/// How a green thread ends whose function has returned or panicked: if it was killed in a patched call,
/// it was killed, whatever has become of the error.
#[inline]
fn end_of<T>(fiber: &FiberRc, result: Result<T, Exit>) -> Result<T, Exit> {
    if result.as_ref().is_err_and(|exit| !exit.is_panic()) {
        return result;
    }
    match fiber.take_felt() {
        None => result,
        Some(payload) => {
            // It has escaped what is thrown at it in there.
            drop(contain(|| drop(result)));
            Err(Exit::new(payload))
        }
    }
}

fn status_of<T>(result: &Result<T, Exit>) -> ExitStatus {
    result.as_ref().map_or_else(Exit::status, |_| ExitStatus::SUCCESS)
}

/// A timeout that nobody caught and nobody will see is an error all the same.
pub(super) fn report_unseen(name: Option<&str>, spawned_at: &Location<'_>, status: ExitStatus) {
    if status.is_timeout() {
        let name = name.unwrap_or("<unnamed>");
        notice!(
            "eventlet: the green thread '{name}' spawned at {spawned_at} was ended by a Timeout \
             that nothing caught"
        );
    }
}

impl<F, T, O> Body for Packet<F, T, O>
where
    F: FnOnce() -> T,
    O: Outlet<T>,
{
    #[inline]
    fn run(&self, fiber: &FiberRc) {
        let job = self.take_job().expect("a green thread runs once");
        let result = unwind::catch(job).map_err(|payload| {
            hub::with(hub::Hub::unwinding_has_ended);
            Exit::new(payload)
        });
        let result = end_of(fiber, result);
        // What is thrown at this green thread from now on, it has escaped: it has ended.
        self.shared.locals.destroy();
        fiber.end_locals();
        drop(self.complete(fiber, result));
        self.shared.locals.clear();
    }

    fn discard(&self, fiber: &FiberRc, why: Payload) {
        // The destructors of what the closure has captured are the user's code.
        let thrown = contain(|| drop(self.take_job()));
        let thrown = self.complete(fiber, Err(Exit::new(why))).or(thrown);
        // All this ran in another green thread, and that is who is meant.
        if let Some(payload) = thrown {
            unwind::raise(payload);
        }
    }

    fn extension(&self) -> &dyn Any {
        &self.shared
    }
}

impl<F, T> Joinable<T> for Packet<F, T>
where
    F: FnOnce() -> T,
{
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn take_result(&self) -> Option<Result<T, Exit>> {
        let mut content = self.content.borrow_mut();
        if !matches!(*content, Content::Result(_)) {
            return None;
        }
        match mem::replace(&mut *content, Content::Nothing) {
            Content::Result(result) => Some(result),
            _ => unreachable!("just seen"),
        }
    }
}
