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
//! it. The record of a fiber that has ended is used again for a new one, so that a spawn allocates
//! the body and nothing else.

use std::any::Any;
use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use super::alarms::Alarms;
use super::locals::FiberLocals;
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

/// A shared fiber. Who holds one keeps its record from being used for another fiber.
pub(crate) type FiberRc = Rc<Fiber>;

/// Where a fiber is in its life; see the picture above.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
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
pub(crate) struct Fiber {
    /// Its stack, between the first run and the end.
    pub(super) coroutine: Cell<Option<Coroutine>>,
    pub(super) state: Cell<State>,
    pub(super) outcome: Cell<Outcome>,
    pub(crate) is_main: bool,
    /// It raised something, or unwound when it was last switched out. While others are switched
    /// out in that state this tells whose unwinding `std::thread::panicking` means.
    pub(super) unwinding: Cell<bool>,
    /// The number of the current wait: a waiter of an earlier one has no effect.
    pub(super) wait: Cell<u32>,
    /// The tag of the waiter that ended it.
    pub(super) woken_by: Cell<u32>,
    /// Run-queue entries that do not count, since the fiber was moved to the front.
    pub(super) n_stale_entries: Cell<u32>,
    /// Its place in the hub's register; [`UNREGISTERED`] before it first gives way.
    pub(super) key: Cell<u32>,
    /// It waits for a patched call, through which nothing may unwind.
    pub(super) in_call: Cell<bool>,
    /// Thrown at this fiber and not delivered yet.
    pub(super) thrown: Thrown,
    /// Deadlines that hold over several waits.
    pub(super) alarms: Alarms,
    /// Thread-local variables of its own.
    pub(super) locals: FiberLocals,

    /// Until when the current wait lasts.
    pub(super) deadline: Cell<Time>,
    /// The timer of this fiber and when it fires. It may fire early: it is left alone when a wait
    /// ends, since the next one usually has a later deadline.
    pub(super) timer: Cell<Option<(TimerKey, Time)>>,
    /// What the current wait is for, for reports.
    pub(super) waits_for: Cell<&'static str>,

    /// Unique in the process.
    pub(crate) id: u64,
    /// For reports.
    pub(crate) name: Option<Rc<str>>,
    /// Where it was spawned, for reports.
    pub(crate) spawned_at: &'static Location<'static>,
    pub(super) stack_size: StackSize,
    /// What runs in it; nothing in the main fiber, which the hub does not start.
    body: Option<Rc<dyn Body>>,
}

/// Where nothing is patched, nothing is felt, and whether it is need not be asked.
const CALLS_ARE_PATCHED: bool = cfg!(all(feature = "monkey-patch", target_os = "linux"));

/// The key of a fiber that has never given way: the run queue or its timer keeps it alive.
pub(super) const UNREGISTERED: u32 = u32::MAX;

/// What a new fiber needs to be given.
pub(crate) struct Spec {
    pub(crate) name: Option<Rc<str>>,
    pub(crate) stack_size: StackSize,
    pub(crate) spawned_at: &'static Location<'static>,
}

impl Fiber {
    pub(super) fn new(id: u64, spec: Spec, body: Option<Rc<dyn Body>>) -> Self {
        let is_main = body.is_none();
        Fiber {
            coroutine: Cell::new(None),
            state: Cell::new(if is_main { State::Running } else { State::New }),
            outcome: Cell::new(Outcome::None),
            is_main,
            unwinding: Cell::new(false),
            wait: Cell::new(0),
            woken_by: Cell::new(0),
            n_stale_entries: Cell::new(0),
            thrown: Thrown::default(),
            alarms: Alarms::new(),
            locals: FiberLocals::new(),
            deadline: Cell::new(Time::NEVER),
            timer: Cell::new(None),
            waits_for: Cell::new(""),
            key: Cell::new(UNREGISTERED),
            in_call: Cell::new(false),
            id,
            name: spec.name,
            spawned_at: spec.spawned_at,
            stack_size: spec.stack_size,
            body,
        }
    }

    #[cold]
    pub(super) fn of(id: u64, spec: Spec, body: Rc<dyn Body>) -> FiberRc {
        Rc::new(Fiber::new(id, spec, Some(body)))
    }

    #[cold]
    pub(super) fn ended(id: u64, spec: Spec, body: Rc<dyn Body>) -> FiberRc {
        let fiber = Self::of(id, spec, body);
        fiber.state.set(State::Done);
        fiber
    }

    /// Makes the record of a fiber that has ended that of a new one.
    ///
    /// Whoever could still mean the old one (a waiter, a timer, an entry of the run queue, a
    /// `Timeout`) holds the record, which is then not used again. `Hub::retire` has seen to the timer
    /// and the place in the register. The numbers of the waits go on, and what each wait sets anew
    /// is left as it is.
    #[inline]
    pub(super) fn renew(&mut self, id: u64, spec: Spec, body: Rc<dyn Body>) {
        debug_assert_eq!(self.state.get(), State::Done);
        debug_assert_eq!(self.n_stale_entries.get(), 0);
        debug_assert_eq!(self.alarms.earliest(), Time::NEVER);
        self.state.set(State::New);
        self.unwinding.set(false);
        self.thrown.take();
        self.locals.renew();
        self.id = id;
        self.name = spec.name;
        self.spawned_at = spec.spawned_at;
        self.stack_size = spec.stack_size;
        self.body = Some(body);
    }

    pub(crate) fn state(&self) -> State {
        self.state.get()
    }

    /// Takes what was thrown at this fiber, whose body has ended, if a patched call has failed because
    /// of it.
    #[inline]
    pub(crate) fn take_felt(&self) -> Option<Payload> {
        if CALLS_ARE_PATCHED && self.thrown.is_some() { self.thrown.take_felt() } else { None }
    }

    /// Whether a patched call may have failed because of an alarm that is still to be raised.
    #[inline]
    pub(crate) fn may_have_felt_alarms(&self) -> bool {
        CALLS_ARE_PATCHED && self.alarms.may_have_felt()
    }

    /// What runs in it.
    ///
    /// # Panics
    ///
    /// Panics for the main fiber.
    #[inline]
    pub(super) fn body(&self) -> &dyn Body {
        &**self.body.as_ref().expect("the native stack is not started by the hub")
    }

    /// Drops the thread-local variables of its own, on its own stack, when the user's function has
    /// ended. What was thrown at it and has not been raised it has escaped.
    #[inline]
    pub(crate) fn end_locals(&self) {
        if self.locals.are_own() {
            drop(self.thrown.take());
            self.locals.end();
            self.unwinding.set(false);
        }
    }

    /// How many bytes its body takes by itself.
    #[inline]
    pub(super) fn body_size(&self) -> usize {
        size_of_val(self.body())
    }

    /// What the layer above keeps with the fiber; nothing with the main one.
    pub(crate) fn extension(&self) -> Option<&dyn Any> {
        self.body.as_deref().map(Body::extension)
    }

    /// Starts to load the state of the coroutine.
    #[inline]
    pub(super) fn prefetch_state(&self) {
        let coroutine = self.coroutine.take();
        if let Some(coroutine) = &coroutine {
            coroutine.prefetch_state();
        }
        self.coroutine.set(coroutine);
    }

    /// Starts to load the frames that will be returned through. The state should be there.
    #[inline]
    pub(super) fn prefetch_frames(&self) {
        let coroutine = self.coroutine.take();
        if let Some(coroutine) = &coroutine {
            coroutine.prefetch_frames();
        }
        self.coroutine.set(coroutine);
    }
}

/// A place for one payload that is on its way to a fiber. It is boxed once more, which makes it
/// one word: it is rarely used, and every fiber has it.
#[derive(Default)]
pub(super) struct Thrown(Cell<Option<Box<OnItsWay>>>);

struct OnItsWay {
    payload: Payload,
    /// How many patched calls of the fiber have failed because of it.
    n_felt: u32,
}

impl Thrown {
    #[inline]
    pub(super) fn is_some(&self) -> bool {
        let payload = self.0.take();
        let is_some = payload.is_some();
        self.0.set(payload);
        is_some
    }

    pub(super) fn put(&self, payload: Payload) {
        self.0.set(Some(Box::new(OnItsWay { payload, n_felt: 0 })));
    }

    #[inline]
    pub(super) fn take(&self) -> Option<Payload> {
        self.0.take().map(|thrown| thrown.payload)
    }

    /// Notes that a patched call fails because of what is there; says how many have.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn feel(&self) -> Option<u32> {
        let mut thrown = self.0.take()?;
        thrown.n_felt = thrown.n_felt.saturating_add(1);
        let n_felt = thrown.n_felt;
        self.0.set(Some(thrown));
        Some(n_felt)
    }

    /// Whether there is something that patched calls have failed because of.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn is_felt(&self) -> bool {
        let thrown = self.0.take();
        let is_felt = thrown.as_ref().is_some_and(|thrown| thrown.n_felt > 0);
        self.0.set(thrown);
        is_felt
    }

    /// Takes it if it has been felt.
    #[cold]
    pub(super) fn take_felt(&self) -> Option<Payload> {
        let thrown = self.0.take()?;
        if thrown.n_felt > 0 {
            return Some(thrown.payload);
        }
        self.0.set(Some(thrown));
        None
    }
}
