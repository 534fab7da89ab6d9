//! A fiber: what the hub keeps for each context it can switch to.
//!
//! ```text
//!            spawn             popped            park              wake, deadline, kill
//!   (made) ───────► New ───────────────► Running ─────► Parked ───────────────────────► Queued
//!                    │                    │  ▲ └── yield ───────────────────────────────►  │
//!                    │ killed             │  └──────────────── popped ────────────────────┘
//!                    └──────► Done ◄──────┘ the body has ended
//! ```
//!
//! The hub knows nothing of what runs in a fiber: that is its [`Body`], which an upper layer gives
//! it. Fiber and body are one allocation.

use std::any::Any;
use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use super::alarms::Alarms;
use super::time::Time;
use super::timers::TimerKey;
use crate::coroutine::{Coroutine, StackSize};
use crate::unwind::Payload;

/// What runs in a fiber.
pub(crate) trait Body {
    /// Runs to the end. Called once, on the fiber's own stack; must not unwind.
    fn run(&self, fiber: &FiberRc);

    /// Ends without having run, because of `why`. Called instead of `run`.
    fn discard(&self, fiber: &FiberRc, why: Payload);

    /// What the layer above keeps with the fiber; opaque to the hub.
    fn extension(&self) -> &dyn Any;
}

/// A shared fiber of any body.
pub(crate) type FiberRc = Rc<Fiber<dyn Body>>;

/// Where a fiber is in its life; see the picture above.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    New,
    Queued,
    Running,
    Parked,
    Done,
}

/// How the current wait of a fiber stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// There is no wait.
    None,
    /// Nothing has happened yet.
    Pending,
    /// It was woken.
    Ready,
    /// A deadline has passed. Being woken still wins until the fiber has been resumed.
    Expired,
    /// Something was thrown into it.
    Thrown,
}

/// One switchable context of a hub: a green thread, or the thread's native stack.
///
/// The fields that every switch touches come first, together in a cache line.
#[repr(C)]
pub(crate) struct Fiber<B: ?Sized + Body = dyn Body> {
    /// Its stack, between the first run and the end.
    pub(super) coroutine: Cell<Option<Coroutine>>,
    /// Thrown at this fiber and not delivered yet.
    pub(super) thrown: Cell<Option<Payload>>,
    /// Run-queue entries that do not count, since the fiber was moved to the front.
    pub(super) n_stale_entries: Cell<u32>,
    /// The number of the current wait: a waiter of an earlier one has no effect.
    pub(super) wait: Cell<u32>,
    pub(super) state: Cell<State>,
    pub(super) outcome: Cell<Outcome>,
    pub(crate) is_main: bool,
    /// It raised something, or unwound when it was last switched out. While others are switched
    /// out in that state this tells whose unwinding `std::thread::panicking` means.
    pub(super) unwinding: Cell<bool>,
    /// Deadlines that hold over several waits.
    pub(super) alarms: Alarms,

    /// Until when the current wait lasts.
    pub(super) deadline: Cell<Time>,
    /// The timer of this fiber and when it fires. It may fire early: it is left alone when a wait
    /// ends, since the next one usually has a later deadline.
    pub(super) timer: Cell<Option<(TimerKey, Time)>>,
    /// What the current wait is for, for reports.
    pub(super) waits_for: Cell<&'static str>,

    /// Its place in the hub's register.
    pub(super) key: Cell<usize>,
    /// Unique in the process.
    pub(crate) id: u64,
    /// For reports.
    pub(crate) name: Option<Rc<str>>,
    /// Where it was spawned, for reports.
    pub(crate) spawned_at: &'static Location<'static>,
    pub(super) stack_size: StackSize,

    pub(crate) body: B,
}

/// What `Fiber::new` needs to know.
pub(crate) struct Spec {
    pub(crate) name: Option<Rc<str>>,
    pub(crate) stack_size: StackSize,
    pub(crate) spawned_at: &'static Location<'static>,
}

impl<B: Body> Fiber<B> {
    #[inline]
    pub(super) fn new(id: u64, spec: Spec, is_main: bool, body: B) -> Self {
        Fiber {
            id,
            name: spec.name,
            spawned_at: spec.spawned_at,
            stack_size: spec.stack_size,
            is_main,
            state: Cell::new(if is_main { State::Running } else { State::New }),
            wait: Cell::new(0),
            outcome: Cell::new(Outcome::None),
            waits_for: Cell::new(""),
            deadline: Cell::new(Time::NEVER),
            timer: Cell::new(None),
            alarms: Alarms::new(),
            thrown: Cell::new(None),
            n_stale_entries: Cell::new(0),
            unwinding: Cell::new(false),
            key: Cell::new(usize::MAX),
            coroutine: Cell::new(None),
            body,
        }
    }
}

impl<B: ?Sized + Body> Fiber<B> {
    pub(crate) fn state(&self) -> State {
        self.state.get()
    }

    /// Starts to load the stack, which will be switched to soon.
    #[inline]
    pub(super) fn prefetch(&self) {
        let coroutine = self.coroutine.take();
        if let Some(coroutine) = &coroutine {
            coroutine.prefetch();
        }
        self.coroutine.set(coroutine);
    }

    /// Takes what was thrown at this fiber.
    pub(super) fn take_thrown(&self) -> Option<Payload> {
        self.thrown.take()
    }

    pub(super) fn has_thrown(&self) -> bool {
        let thrown = self.thrown.take();
        let has = thrown.is_some();
        self.thrown.set(thrown);
        has
    }
}
