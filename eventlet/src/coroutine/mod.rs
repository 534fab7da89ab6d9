//! A switchable stack: run a job on it, leave the job in the middle, come back, use it again.
//!
//! ```text
//!     hub's stack                        a coroutine's stack
//!
//!     resume() ───── switch in ────────► entry()          the job
//!        ▲                                 │
//!        │                              suspend()         in the middle of the job
//!        ├◄───────── switch out ───────────┤
//!     resume() ───── switch in ────────►   │
//!        ▲                              entry returns
//!        └◄───────── switch out ───────  is_idle()        ready for the next job
//!
//!     ┌────────┬─────────────────────┬─────────┬────────────────┐
//!     │ guard  │ free        ◄ frames│ control │ generator state│   addresses grow to the right
//!     └────────┴─────────────────────┴─────────┴────────────────┘
//!     guard    bottom                                          top
//! ```
//!
//! This folder is the only user of the `generator` crate, and nothing here knows what a green
//! thread is. The body of every coroutine is a loop over jobs that never ends while the coroutine
//! is in use, so that one stack serves any number of green threads.

mod guard;
mod overflow;
mod pool;
mod prefetch;
mod report;
mod stack;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::io;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::rc::Rc;

use generator::{Gn, LocalGenerator, Scope};

pub(crate) use pool::StackPool;
pub(crate) use prefetch::prefetch;
pub(crate) use stack::{StackSize, StackUse, default_stack_size};

use crate::oslock::Once;
use crate::unwind;
use stack::Stack;

thread_local! {
    /// The coroutine that is running on this thread; null on the thread's native stack.
    ///
    /// It has no destructor, so the signal handler may read it at any time.
    static ACTIVE: Cell<*const Control> = const { Cell::new(ptr::null()) };
}

/// The control block and, above it on the same page, the generator's state.
const STATE_BYTES: usize = 768;

/// A stack with a loop of jobs on it.
pub(crate) struct Coroutine {
    /// Holds the stack; dropped by hand, since a suspended one must never be dropped.
    generator: ManuallyDrop<LocalGenerator<'static, (), ()>>,
    /// Shared with the loop on the other stack, where it lies: a sleeping green thread needs one
    /// page of memory, and a switch to it touches no other.
    ///
    /// Invariant CONTROL: it is in the outermost frame of the body, which ends in `drop` alone.
    control: NonNull<Control>,
}

/// What the two sides of a coroutine share. What a switch touches is in one cache line.
#[repr(C, align(64))]
struct Control {
    /// The handle by which the body yields.
    scope: Cell<*mut ()>,
    /// Where the innermost frames of a suspended job begin, for `prefetch`.
    frames: Cell<usize>,
    /// True between jobs, and before the first one.
    idle: Cell<bool>,
    /// Tells an idle loop to end.
    quit: Cell<bool>,
    /// Runs one job to its end. It never unwinds.
    entry: fn(),
    /// Where the stack lies: for the check in `assert_switchable` and the overflow report.
    stack: Stack,
    /// Who is running, for the reports of a panic or an overflow.
    id: Cell<u64>,
    /// The name of who is running, if it has one.
    name: Cell<Option<Rc<str>>>,
}

/// What a coroutine's body and its maker tell each other at the start.
struct Start {
    entry: fn(),
    stack: Cell<Option<Stack>>,
    control: Cell<Option<NonNull<Control>>>,
}

impl Coroutine {
    /// Maps a stack of `size` whose jobs are run by calling `entry`.
    ///
    /// `entry` must not unwind.
    fn new(size: StackSize, entry: fn()) -> io::Result<Self> {
        prepare_process();
        guard::reserve()?;
        let start = Start { entry, stack: Cell::new(None), control: Cell::new(None) };
        let shared = &raw const start;
        let body = move |scope: Scope<'_, '_, (), ()>| {
            // SAFETY: the body begins in the first `resume`, below, while `start` is there.
            run_jobs(scope, unsafe { &*shared });
        };
        let words = size.words();
        let created = unwind::catch_quietly(|| Gn::<()>::new_scoped_opt_local(words, body));
        let generator = match created {
            Ok(generator) => generator,
            Err(payload) => {
                guard::release();
                return Err(stack::map_error(size, unwind::message(&*payload)));
            }
        };
        let (generator, stack) = Stack::of(generator, guard::spare());
        guard::install(&stack);
        start.stack.set(Some(stack));
        let mut generator = ManuallyDrop::new(generator);
        generator.resume();
        let control = start.control.get().expect("the body has told where its control block is");
        Ok(Coroutine { generator, control })
    }

    #[inline]
    fn control(&self) -> &Control {
        // SAFETY: the body runs until this is dropped (CONTROL), and shares only cells.
        unsafe { self.control.as_ref() }
    }

    /// Names who runs next, for reports of a panic or an overflow.
    #[inline]
    pub(crate) fn label(&self, id: u64, name: Option<&Rc<str>>) {
        self.control().id.set(id);
        self.control().name.set(name.cloned());
    }

    /// Runs the job until it suspends or ends.
    #[inline]
    pub(crate) fn resume(&mut self) {
        debug_assert!(ACTIVE.get().is_null(), "a coroutine was resumed inside another");
        ACTIVE.set(self.control.as_ptr());
        self.generator.resume();
        ACTIVE.set(ptr::null());
    }

    /// Starts to load what `resume` reads first: with many coroutines it is not in the cache.
    #[inline]
    pub(crate) fn prefetch_state(&self) {
        prefetch::lines(self.control.addr().get(), STATE_BYTES);
    }

    /// Starts to load the frames that a resumed job returns through. Reads the state.
    #[inline]
    pub(crate) fn prefetch_frames(&self) {
        self.generator.prefetch();
        prefetch::frames(self.control().frames.get());
    }

    /// Whether the last job has ended, so that the stack can take another one.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.control().idle.get()
    }

    /// How many bytes of stack a job has.
    pub(crate) fn stack_size(&self) -> StackSize {
        self.control().stack.size()
    }

    /// How much of the stack is used; of one that is suspended.
    pub(crate) fn stack_use(&self) -> StackUse {
        let control = self.control();
        control.stack.usage(control.frames.get())
    }

    /// Frees the memory of an idle stack but for the page that its own frames are on.
    fn free_unused(&mut self) {
        debug_assert!(self.is_idle());
        // The frames of the switch itself lie below that address, and take a third of this.
        const SWITCH: usize = 1024;
        let control = self.control();
        control.stack.free_below(control.frames.get() - SWITCH);
    }
}

impl Drop for Coroutine {
    /// Unmaps an idle stack. A stack in the middle of a job is abandoned, mapping and all: its
    /// frames hold live values, and there is no one left to unwind them.
    fn drop(&mut self) {
        if !self.is_idle() {
            return;
        }
        self.control().quit.set(true);
        self.generator.resume();
        // The generator would look for its sentinel in the bottom word and, not finding it, panic:
        // the word is part of the guard, or a job may have used it. Before a body has begun, it
        // does not look.
        self.generator.scoped_init(|_| ());
        // SAFETY: the field is not used again, and the body that used the stack has ended.
        unsafe { ManuallyDrop::drop(&mut self.generator) };
        guard::release();
    }
}

/// The body of every coroutine.
fn run_jobs(mut scope: Scope<'_, '_, (), ()>, start: &Start) {
    let control = Control {
        scope: Cell::new((&raw mut scope).cast()),
        frames: Cell::new(0),
        idle: Cell::new(true),
        quit: Cell::new(false),
        entry: start.entry,
        stack: start.stack.get().expect("the stack is known before the body begins"),
        id: Cell::new(0),
        name: Cell::new(None),
    };
    start.control.set(Some(NonNull::from(&control)));
    loop {
        control.switch_out();
        if control.quit.get() {
            return;
        }
        control.idle.set(false);
        let guard = AbortOnUnwind;
        (control.entry)();
        std::mem::forget(guard);
        control.idle.set(true);
    }
}

/// An unwind out of a job would run into the generator crate, and leave the hub without its fiber.
struct AbortOnUnwind;

impl Drop for AbortOnUnwind {
    fn drop(&mut self) {
        notice!("eventlet: a green thread's body has let an unwind escape; this is a bug");
        std::process::abort();
    }
}

impl Control {
    #[inline(always)]
    fn switch_out(&self) {
        let marker = 0_u8;
        self.frames.set((&raw const marker).addr());
        let scope = self.scope.get().cast::<Scope<'static, 'static, (), ()>>();
        // SAFETY: the scope lives in the body's outermost frame, which stays until the body ends,
        // and only code on this very stack gets here (`assert_switchable`, or the body itself).
        // The lifetimes are not used: unit values are sent and yielded.
        unsafe { (*scope).yield_with(()) }
    }
}

/// Leaves the running job; returns when its coroutine is resumed.
///
/// The caller has called [`assert_switchable`] before it changed any state for the switch.
#[inline(always)]
pub(crate) fn suspend() {
    let control = ACTIVE.get();
    debug_assert!(!control.is_null(), "suspended outside a coroutine");
    // SAFETY: `ACTIVE` is set by `resume`, whose coroutine owns the control block (CONTROL).
    unsafe { (*control).switch_out() }
}

/// Makes sure that a switch from here would suspend the green thread and nothing else.
///
/// # Panics
///
/// Panics when the caller runs on a generator of the user's own inside a green thread: a switch
/// would suspend that generator instead.
#[inline]
pub(crate) fn assert_switchable() {
    if !is_switchable() {
        foreign_generator();
    }
}

/// Whether a switch from here would suspend the green thread and nothing else.
#[inline]
pub(crate) fn is_switchable() -> bool {
    let marker = 0_u8;
    let here = (&raw const marker).addr();
    // SAFETY: `ACTIVE` is null or points to the control block of the running coroutine (CONTROL).
    unsafe { ACTIVE.get().as_ref() }.is_none_or(|control| control.stack.contains(here))
}

/// How much is used of the stack that the caller runs on; none if it is the thread's native one.
pub(crate) fn active_stack_use() -> Option<StackUse> {
    let marker = 0_u8;
    let here = (&raw const marker).addr();
    // SAFETY: `ACTIVE` is null or points to the control block of the running coroutine (CONTROL).
    unsafe { ACTIVE.get().as_ref() }.map(|control| control.stack.usage(here))
}

#[cold]
#[track_caller]
fn foreign_generator() -> ! {
    panic!(
        "a green call that would wait was made inside a generator of your own: it cannot suspend \
         the green thread from there. Make the call outside the generator, or run its body with \
         eventlet::spawn"
    );
}

/// Once in a process: the hook and the handlers that every coroutine relies on.
fn prepare_process() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| {
        if std::thread::panicking() {
            // The panic hook cannot be changed from a thread that panics.
            let helper = std::thread::spawn(install_handlers);
            helper.join().expect("preparing the process for green threads does not panic");
        } else {
            install_handlers();
        }
    });
}

fn install_handlers() {
    report::install_panic_hook();
    overflow::install(|| {
        // The first generator of a process installs handlers of its own; ours go on top.
        Gn::<()>::new_scoped_local(|_| ()).resume();
    });
    guard::detect(|| Gn::<()>::new_scoped_local(|_| ()));
}
