//! The hub: one per OS thread, it decides which fiber runs next.
//!
//! ```text
//!        spawn ──►┌───────────┐ pop   ┌────────┐  park   ┌─ waiters of a primitive
//!   wake, yield ─►│ run queue │──────►│ fiber  │────────►├─ slot of a descriptor
//!                 └───────────┘       └────────┘         └─ timer
//!                       ▲                                       │
//!                       └──── collect: mail, poll, due timers ◄─┘
//! ```
//!
//! Whoever runs on the thread's native stack, the *main context*, drives the hub: when it has to
//! wait, it runs this loop until its own wait has ended. Fibers are never entered recursively.
//!
//! The hub moves fibers and opaque payloads about. It does not know what a green thread, a socket
//! or a timeout is, and it never holds a borrow of its own state while a fiber runs.

mod alarms;
mod births;
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
mod call;
mod clock;
mod deadlock;
mod fiber;
mod give_way;
mod home;
mod hubless;
mod inbox;
mod io;
mod locals;
mod outside;
mod park;
mod peace;
#[allow(unsafe_code, reason = "system calls that mio does not make")]
mod poller;
mod queue;
mod registry;
mod run;
#[allow(unsafe_code, reason = "reading where a fiber was spawned on another thread")]
mod seat;
mod several;
mod slice;
mod start;
mod survey;
mod switch;
#[cfg(test)]
mod tests;
mod throw;
mod time;
mod timers;
mod turn;
mod view;
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
mod visit;
mod waiter;
mod whose;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use slab::Slab;

pub(crate) use alarms::AlarmFired;
pub(crate) use births::{Age, Dating};
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(crate) use call::{
    CallWake, Thrown, count_again, count_call, felt, in_call, park_in_call, pause_in_peace,
    rest_until, yield_calmly,
};
pub(crate) use fiber::{Body, Fiber, FiberRc, Spec, State};
pub(crate) use give_way::yield_now;
pub(crate) use home::Home;
pub(crate) use hubless::wait_for_anyone;
pub(crate) use inbox::Address;
#[cfg(feature = "ssl")]
pub(crate) use io::wait_ready_either;
pub(crate) use io::{IoId, join_readable, pause_until, wait_ready};
pub(crate) use outside::RemoteWaiter;
pub(crate) use park::{park, sleep_until};
pub(crate) use peace::park_in_peace;
pub use poller::Direction;
pub(crate) use poller::{n_forks, poll_now};
use queue::RunQueue;
pub(crate) use registry::Homes;
pub(crate) use seat::{Seat, Sitter, seats, watch};
pub(crate) use several::poll;
pub(crate) use survey::{Whom, ask};
pub(crate) use throw::UnwindMark;
pub(crate) use time::Time;
pub(crate) use view::{Excerpt, FiberView, TimerUse};
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(crate) use visit::{Visit, forget_visited, highest_visited, is_visited, visit, visit_any};
pub(crate) use waiter::{Waiter, Wake};
pub(crate) use whose::as_library;
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(crate) use whose::is_program;
use whose::{hub_is_gone, library_runs, program_runs};

use crate::coroutine::{self, StackPool};
use crate::unwind;

thread_local! {
    static HUB: OnceCell<OwnHub> = const { OnceCell::new() };
}

/// The hub of the thread that holds this. It ends with the thread, whoever else holds the hub: an
/// abandoned stack may do so for ever.
struct OwnHub {
    hub: Rc<Hub>,
}

impl OwnHub {
    fn new() -> Self {
        Self::try_new()
            .unwrap_or_else(|error| panic!("no poller can be made for this thread's hub: {error}"))
    }

    fn try_new() -> std::io::Result<Self> {
        let hub = Hub::new()?;
        program_runs();
        Ok(OwnHub { hub })
    }
}

impl Drop for OwnHub {
    fn drop(&mut self) {
        hub_is_gone();
        self.hub.end();
    }
}

/// Calls `f` with this thread's hub, which is made by the first call.
///
/// # Panics
///
/// Panics when the thread is ending and its hub is gone, and when no poller can be made.
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&Hub) -> R) -> R {
    HUB.try_with(|cell| f(&cell.get_or_init(OwnHub::new).hub)).unwrap_or_else(|_| gone())
}

/// Calls `f` with this thread's hub if there is one.
#[inline]
pub(crate) fn try_with<R>(f: impl FnOnce(&Hub) -> R) -> Option<R> {
    HUB.try_with(|cell| cell.get().map(|own| f(&own.hub))).ok().flatten()
}

/// Whether this thread has a hub. If it has none, or none any more, there is nobody who could run
/// while it waits, and it may as well block.
pub(crate) fn exists() -> bool {
    try_with(|_| ()).is_some()
}

/// Whether this thread is ending, and its hub is gone.
pub(crate) fn is_gone() -> bool {
    HUB.try_with(|_| ()).is_err()
}

/// Makes this thread's hub, if it has none, and reports why it cannot.
pub(crate) fn make() -> std::io::Result<()> {
    HUB.try_with(|cell| {
        if cell.get().is_none() {
            let _ = cell.set(OwnHub::try_new()?);
        }
        Ok(())
    })
    .unwrap_or_else(|_| gone())
}

/// This thread's hub.
pub(crate) fn current() -> Rc<Hub> {
    HUB.try_with(|cell| cell.get_or_init(OwnHub::new).hub.clone()).unwrap_or_else(|_| gone())
}

#[cold]
fn gone() -> ! {
    panic!("a green call was made while its OS thread is ending: the thread's hub is gone")
}

/// One thread's scheduler.
pub(crate) struct Hub {
    pub(crate) id: u64,
    /// The fiber that stands for the native stack.
    main: FiberRc,
    /// Who runs now; none while the hub itself does.
    current: RefCell<Option<FiberRc>>,
    /// Who runs next.
    queue: RefCell<RunQueue>,
    /// How often a fiber has been resumed.
    n_resumes: Cell<u64>,
    /// When the hub looks outside next.
    turn: turn::Turn,
    /// How long the current fiber has been running.
    slice: slice::Slice,
    /// How many I/O calls have been tried since one had to wait.
    n_io_calls: Cell<u32>,
    /// How many fibers have been started and have not ended.
    n_fibers: Cell<usize>,
    /// Every fiber that has given way and not ended. This keeps parked ones alive.
    fibers: RefCell<Slab<FiberRc>>,
    /// Records of fibers that have ended, to be used again.
    spare: RefCell<Vec<FiberRc>>,
    /// Fibers that could not start for want of a stack; they start when one is given back.
    starved: RefCell<VecDeque<FiberRc>>,
    stacks: RefCell<StackPool>,
    timers: RefCell<timers::Timers<FiberRc>>,
    clock: clock::Clock,
    /// When fibers were born, while somebody wants to know.
    births: births::Births,
    poller: RefCell<poller::Poller>,
    /// What other threads hold of this hub.
    remote: Arc<inbox::Remote>,
    remote_waits: RefCell<outside::RemoteWaits>,
    /// An empty list of messages, kept for its memory.
    read_mail: Cell<Vec<inbox::Message>>,
    /// Fibers that are switched out in the middle of unwinding. Until they are back,
    /// `std::thread::panicking()` says yes to everyone on this thread, but for those that have
    /// thread-local variables of their own, which are not counted.
    n_unwinding: Cell<u32>,
    /// A fiber that panicked while others were switched out unwinding is switched out itself, and
    /// was not counted. Until it is back, the flag says nothing about anyone else.
    is_misled: Cell<bool>,
    next_id: Cell<u64>,
    next_alarm: Cell<u64>,
}

/// Ids are handed to the hubs in blocks, so that taking one costs no atomic operation.
const ID_BLOCK: u64 = 1024;

fn next_id_block() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(ID_BLOCK, Ordering::Relaxed)
}

impl Hub {
    fn new() -> std::io::Result<Rc<Self>> {
        let (poller, waker) = poller::Poller::new()?;
        let spec = Spec {
            name: Some("main".into()),
            stack_size: coroutine::default_stack_size(),
            spawned_at: Location::caller(),
        };
        let first_id = next_id_block();
        let main = Rc::new(Fiber::new(first_id, spec, None));
        let hub = Rc::new(Hub {
            id: first_id / ID_BLOCK,
            current: RefCell::new(Some(main.clone())),
            main,
            queue: RefCell::default(),
            n_resumes: Cell::new(0),
            turn: turn::Turn::new(),
            slice: slice::Slice::new(),
            n_io_calls: Cell::new(0),
            n_fibers: Cell::new(0),
            fibers: RefCell::default(),
            spare: RefCell::default(),
            starved: RefCell::default(),
            stacks: RefCell::new(StackPool::new(run::run_current)),
            timers: RefCell::new(timers::Timers::new()),
            clock: clock::Clock::new(),
            births: births::Births::default(),
            poller: RefCell::new(poller),
            remote: Arc::new(inbox::Remote::new(waker, first_id / ID_BLOCK)),
            remote_waits: RefCell::default(),
            read_mail: Cell::default(),
            n_unwinding: Cell::new(0),
            is_misled: Cell::new(false),
            next_id: Cell::new(first_id + 1),
            next_alarm: Cell::new(1),
        });
        registry::enter(&hub);
        hub.take_seat(&hub.main);
        Ok(hub)
    }

    /// The fiber that makes this call.
    ///
    /// # Panics
    ///
    /// Panics when the hub itself runs, which calls no user code.
    #[inline]
    pub(crate) fn current_fiber(&self) -> FiberRc {
        self.current.borrow().clone().expect("a green call was made from inside the hub")
    }

    /// The id of the fiber that makes this call.
    pub(crate) fn current_id(&self) -> u64 {
        self.current.borrow().as_ref().expect("a green call was made from inside the hub").id
    }

    /// The id of the fiber that makes this call, if it is neither the main one nor the hub itself.
    #[inline]
    pub(crate) fn current_green_id(&self) -> Option<u64> {
        let current = self.current.borrow();
        current.as_ref().filter(|fiber| !fiber.is_main).map(|fiber| fiber.id)
    }

    /// The fiber that makes this call, if it is not the hub itself.
    pub(crate) fn try_current_fiber(&self) -> Option<FiberRc> {
        self.current.borrow().clone()
    }

    #[inline]
    fn enqueue_new(&self, fiber: FiberRc) {
        self.remote.seat.let_wait();
        self.queue.borrow_mut().push(fiber);
    }

    /// Queues a fiber whose wait has ended.
    #[inline]
    fn enqueue(&self, fiber: FiberRc) {
        debug_assert_eq!(fiber.state.get(), State::Parked);
        self.remote.seat.let_wait();
        fiber.state.set(State::Queued);
        self.queue.borrow_mut().push(fiber);
    }

    /// Reads the clock for the current fiber.
    pub(crate) fn now(&self) -> Time {
        let now = self.clock.read();
        if let Some(fiber) = &*self.current.borrow() {
            fiber.alarms.settle(now);
        }
        now
    }

    /// What the clock shows, or will in about a tenth of a second if that is cheaper to know: for who
    /// asks often, and only compares one answer with another.
    #[cfg(feature = "http")]
    pub(crate) fn about_now(&self) -> Time {
        self.clock.soon().unwrap_or_else(|| self.clock.read())
    }

    /// Stops the clock; from then on it jumps to the next deadline whenever the hub is idle.
    pub(crate) fn pause_clock(&self) {
        self.clock.pause();
    }

    /// Lets a paused clock run again from where it stands.
    pub(crate) fn resume_clock(&self) {
        self.clock.resume();
    }

    /// Called when the OS thread ends. Fibers that are in the middle of something are abandoned
    /// with their stacks, as Eventlet does: there is no one left to run their destructors.
    fn end(&self) {
        registry::leave(self.id);
        self.vacate_seat();
        self.remote.close();
        let fibers = self.live_fibers();
        self.starved.take();
        self.queue.take();
        self.timers.replace(timers::Timers::new());
        self.fibers.take();
        // Those that have not begun drop what their closures carry, which is the user's.
        fibers.into_iter().for_each(unwind::drop_contained);
    }

    /// Counts what the hub has in hand.
    pub(crate) fn load(&self) -> Load {
        let poller = self.poller.borrow();
        let stacks = self.stacks.borrow();
        Load {
            n_fibers: self.n_fibers.get(),
            n_queued: self.queue.borrow().len(),
            n_timers: self.timers.borrow().len(),
            n_io_waiters: poller.n_waiters(),
            n_descriptors: poller.n_registered(),
            n_stacks_in_use: stacks.n_in_use(),
            n_stacks_idle: stacks.n_idle(),
        }
    }
}

/// What a hub has in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) n_fibers: usize,
    pub(crate) n_queued: usize,
    pub(crate) n_timers: usize,
    pub(crate) n_io_waiters: usize,
    pub(crate) n_descriptors: usize,
    pub(crate) n_stacks_in_use: usize,
    pub(crate) n_stacks_idle: usize,
}
