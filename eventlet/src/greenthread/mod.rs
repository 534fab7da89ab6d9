//! Green threads: spawning, waiting for the result, killing, linking.

mod abroad;
mod budget;
mod builder;
mod contain;
mod exit;
mod handle;
mod identity;
mod inline;
mod joint;
mod links;
mod locals;
mod packet;
mod parcel;
mod scope;
mod thread;
mod together;
mod token;

use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

pub use budget::yield_if_needed;
pub use builder::Builder;
pub use exit::{Exit, ExitStatus};
pub use handle::Handle;
pub use links::Link;
pub use scope::{Scope, ScopedGreenThread, scope};
pub use thread::GreenThread;
pub use together::{join_all, kill_all};

pub(crate) use abroad::{all, find, start_for};
pub(crate) use contain::contain;
pub(crate) use exit::Killed;
pub(crate) use handle::WeakHandle;
pub(crate) use identity::Identity;
pub(crate) use inline::{run_inline, spawn_inline};
pub(crate) use locals::{Destroyed, Locals, of_current as locals_of_current};
pub(crate) use parcel::Parcel;
pub(crate) use scope::OnPanic;

use crate::coroutine::default_stack_size;
use crate::hub::{self, Body, FiberRc, Spec};
use crate::unwind;
use packet::Packet;

/// Starts a green thread that runs `f`, and returns a handle to wait for its result with.
///
/// `f` need not be `Send`: the green thread stays on this OS thread. It runs when the caller next
/// gives way (waits, sleeps or yields); green threads start in the order they were spawned.
/// Dropping the handle detaches the green thread, which then runs on by itself.
///
/// The green thread has a stack of 256 KiB, of which only the touched part costs memory; see
/// [`Builder`] for other sizes and for names.
///
/// # Panics
///
/// Panics if no stack can be mapped; [`Builder::spawn`] returns that as an error.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// let thread = eventlet::spawn(|| 6 * 7);
/// assert_eq!(thread.wait().unwrap(), 42);
/// ```
#[track_caller]
pub fn spawn<F, T>(f: F) -> GreenThread<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    launch(plain_spec(), Start::Now, f).unwrap_or_else(|error| panic!("spawn: {error}"))
}

/// Starts a green thread of which nobody will know the result.
///
/// It is [`spawn`] with the handle detached: a result is dropped inside the green thread, and a
/// panic is only printed. The untyped handle that is returned can kill it or tell its end.
///
/// # Panics
///
/// Panics if no stack can be mapped.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// let done = Rc::new(Cell::new(false));
/// let flag = done.clone();
/// eventlet::spawn_n(move || flag.set(true));
/// eventlet::sleep(std::time::Duration::ZERO);
/// assert!(done.get());
/// ```
#[track_caller]
pub fn spawn_n<F>(f: F) -> Handle
where
    F: FnOnce() + 'static,
{
    spawn(f).handle()
}

/// Starts a green thread after `delay`.
///
/// Until then it can be taken back with [`GreenThread::cancel`], and `f` never runs. It starts
/// even if its spawner has ended by then. A delay of zero is [`spawn`].
///
/// # Panics
///
/// Panics if no stack can be mapped.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let thread = eventlet::spawn_after(Duration::from_secs(60), || unreachable!());
/// assert!(thread.cancel());
/// assert!(thread.wait().unwrap_err().is_killed());
/// ```
#[track_caller]
pub fn spawn_after<F, T>(delay: Duration, f: F) -> GreenThread<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    launch(plain_spec(), Start::After(delay), f).unwrap_or_else(|error| panic!("spawn: {error}"))
}

/// Like [`spawn_after`], but `f` does not run if the spawning green thread has ended by then.
///
/// In that case the new green thread ends as if it had been killed.
///
/// # Panics
///
/// Panics if no stack can be mapped.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let parent = eventlet::spawn(|| {
///     eventlet::spawn_after_local(Duration::from_millis(1), || "never")
/// });
/// let child = parent.wait().unwrap();
/// assert!(child.wait().unwrap_err().is_killed());
/// ```
#[track_caller]
pub fn spawn_after_local<F, T>(delay: Duration, f: F) -> GreenThread<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    let parent = current();
    spawn_after(delay, move || {
        if parent.is_dead() {
            unwind::raise(Killed::payload(current().id()));
        }
        f()
    })
}

/// Lets other green threads run for at least `duration`.
///
/// Zero yields: every green thread that is runnable now runs once. It never returns early; on an
/// idle machine it returns well under a millisecond late.
///
/// # Switching
///
/// Switches, except while the caller unwinds from a panic or a kill: then it returns at once.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
///
/// let before = Instant::now();
/// eventlet::sleep(Duration::from_millis(5));
/// assert!(before.elapsed() >= Duration::from_millis(5));
/// ```
#[inline(always)]
pub fn sleep(duration: Duration) {
    if duration.is_zero() {
        hub::yield_now();
    } else {
        sleep_longer(duration);
    }
}

fn sleep_longer(duration: Duration) {
    if !hub::with(hub::Hub::current_is_unwinding) {
        hub::sleep_until(hub::with(hub::Hub::now).after(duration));
    }
}

/// The handle of the green thread that makes this call.
///
/// Outside any green thread it is the handle of the *main context*, the native stack of this OS
/// thread, which is never dead.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// let id = eventlet::spawn(|| eventlet::current().id()).wait().unwrap();
/// assert_ne!(id, eventlet::current().id());
/// ```
#[doc(alias = "getcurrent")]
pub fn current() -> Handle {
    Handle::new(hub::with(hub::Hub::current_fiber))
}

/// Kills a green thread; the same as [`Handle::kill`].
///
/// # Switching
///
/// Switches to the green thread that is killed, unless it had not begun or has ended.
///
/// # Examples
///
/// ```
/// let thread = eventlet::spawn(|| eventlet::sleep(std::time::Duration::from_secs(60)));
/// eventlet::kill(&thread.handle());
/// assert!(thread.is_dead());
/// ```
pub fn kill(thread: &Handle) {
    thread.kill();
}

/// Starts a green thread on behalf of a call elsewhere, which is where reports will point. Fails if there
/// is no stack for it.
pub(crate) fn spawn_for<F, T>(
    spawned_at: &'static Location<'static>,
    f: F,
) -> std::io::Result<GreenThread<T>>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    let spec = Spec { name: None, stack_size: default_stack_size(), spawned_at };
    launch(spec, Start::Now, f)
}

/// When a green thread begins.
enum Start {
    Now,
    After(Duration),
}

#[track_caller]
fn plain_spec() -> Spec {
    Spec { name: None, stack_size: default_stack_size(), spawned_at: Location::caller() }
}

fn launch<F, T>(spec: Spec, when: Start, f: F) -> std::io::Result<GreenThread<T>>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    let packet = Rc::new(Packet::new(f));
    let fiber = start(spec, when, packet.clone())?;
    Ok(GreenThread::new(fiber, packet))
}

#[inline]
fn start(spec: Spec, when: Start, body: Rc<dyn Body>) -> std::io::Result<FiberRc> {
    hub::with(|hub| match when {
        Start::After(delay) if !delay.is_zero() => hub.start_at(spec, body, hub.now().after(delay)),
        Start::Now | Start::After(_) => hub.start(spec, body),
    })
}
