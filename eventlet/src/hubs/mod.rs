//! Hubs: this thread's, more of them on OS threads of their own, and waiting for descriptors that
//! are not green sockets.
//!
//! One hub keeps one core busy. To use more, start more hubs with [`spawn_hub`] and give them work
//! through [`HubHandle::spawn`]; a server does so with [`Serve::hubs`](crate::Serve::hubs), a
//! program with `#[green::main(hubs = n)]` and [`all`]. Hubs share nothing: green threads stay where
//! they are, and talk across hubs through what is `Send`, such as
//! [`green::sync::mpsc`](crate::green::sync::mpsc).

mod control;
mod handle;
mod life;
mod poll;
mod remote;
mod residents;
mod shutdown;
mod slot;
mod team;

use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

pub use handle::HubHandle;
pub use poll::{PollFd, poll};
pub use remote::RemoteThread;
pub use shutdown::Shutdown;
pub use team::all;

pub(crate) use team::with_team;

pub use crate::hub::Direction;
use crate::hub::{self, Address, Load};
use crate::oslock::as_os_thread;
use control::Control;

/// The hub of an OS thread: its scheduler of green threads.
///
/// Every OS thread that uses the library has one; it is made by the first call that needs it.
///
/// # Examples
///
/// ```
/// let hub = eventlet::hubs::get_hub();
/// let thread = eventlet::spawn(|| ());
/// assert_eq!(hub.stats().green_threads, 1);
/// thread.wait().unwrap();
/// assert_eq!(hub.stats().green_threads, 0);
/// ```
#[derive(Clone)]
pub struct Hub {
    hub: Rc<hub::Hub>,
}

/// This thread's hub.
///
/// # Panics
///
/// Panics if the thread is ending and its hub is gone, or no poller can be made.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// assert_eq!(eventlet::hubs::get_hub(), eventlet::hubs::get_hub());
/// ```
pub fn get_hub() -> Hub {
    Hub { hub: hub::current() }
}

/// Starts an OS thread with a hub of its own, which waits for work from other hubs.
///
/// The hub lives until it is [shut down](HubHandle::shutdown), or all its handles are dropped and
/// its green threads have ended. A panic in one of its green threads is contained there, as
/// always. Should the hub itself panic, that is reported and only this hub ends: whoever waits for
/// its green threads gets an error. When `main` returns, the process ends and all hubs with it.
///
/// The OS thread is called `hub-1`, `hub-2` and so on.
///
/// # Errors
///
/// Fails if the system gives no thread or no poller.
///
/// # Switching
///
/// Never switches. It holds up the caller's hub for as long as an OS thread takes to begin.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::hubs;
///
/// let hub = hubs::spawn_hub()?;
/// let thread = hub.spawn(|| {
///     eventlet::sleep(Duration::from_millis(1));
///     "from another core"
/// });
/// assert_eq!(thread.wait().unwrap(), "from another core");
/// hub.shutdown(Duration::from_secs(1));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn spawn_hub() -> io::Result<HubHandle> {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let name = format!("hub-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let control = Arc::new(Control::new(name.clone()));
    let (say, begun) = sync_channel(1);
    let theirs = control.clone();
    let thread = thread::Builder::new().name(name).spawn(move || life::run(theirs, say))?;
    let (id, address) = as_os_thread(|| begun.recv()).map_err(io::Error::other)??;
    control.set_thread(thread);
    Ok(HubHandle::new(id, address, Some(control)))
}

impl Hub {
    /// A handle of this hub for other OS threads.
    ///
    /// What they spawn here runs when this hub does: while its main context waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::hubs;
    ///
    /// let here = hubs::get_hub().handle();
    /// let other = hubs::spawn_hub()?;
    /// let there = other.spawn(move || here.spawn(|| hubs::get_hub().id()).wait().unwrap());
    /// assert_eq!(there.wait().unwrap(), hubs::get_hub().id());
    /// other.shutdown(Duration::from_secs(1));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn handle(&self) -> HubHandle {
        let control = life::control();
        if let Some(control) = &control {
            control.add_handle();
        }
        HubHandle::new(self.id(), Address::of(&self.hub), control)
    }

    /// A number that no other hub of this process has or had.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::hubs;
    ///
    /// let other = hubs::spawn_hub()?;
    /// let theirs = other.spawn(|| hubs::get_hub().id()).wait().unwrap();
    /// assert_ne!(theirs, hubs::get_hub().id());
    /// other.shutdown(Duration::from_secs(1));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn id(&self) -> u64 {
        self.hub.id
    }

    /// Counts what the hub has in hand.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let hub = eventlet::hubs::get_hub();
    /// eventlet::spawn_n(|| ());
    /// assert_eq!(hub.stats().runnable, 1);
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert_eq!(hub.stats().runnable, 0);
    /// ```
    pub fn stats(&self) -> Stats {
        let Load {
            n_fibers,
            n_queued,
            n_timers,
            n_io_waiters,
            n_descriptors,
            n_stacks_in_use,
            n_stacks_idle,
        } = self.hub.load();
        Stats {
            green_threads: n_fibers,
            runnable: n_queued,
            timers: n_timers,
            io_waiters: n_io_waiters,
            descriptors: n_descriptors,
            stacks_in_use: n_stacks_in_use,
            stacks_idle: n_stacks_idle,
        }
    }
}

impl PartialEq for Hub {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Hub {}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("id", &self.id()).field("stats", &self.stats()).finish()
    }
}

/// What a hub has in hand, counted by [`Hub::stats`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let hub = eventlet::hubs::get_hub();
/// eventlet::spawn_n(|| eventlet::sleep(Duration::from_secs(60)));
/// eventlet::sleep(Duration::ZERO);
/// let stats = hub.stats();
/// assert_eq!((stats.green_threads, stats.timers, stats.stacks_in_use), (1, 1, 1));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stats {
    /// Green threads that have been spawned and not ended.
    pub green_threads: usize,
    /// Entries in the run queue.
    pub runnable: usize,
    /// Timers that have not fired. A green thread has at most one, and may keep it between waits.
    pub timers: usize,
    /// Waits for a descriptor.
    pub io_waiters: usize,
    /// Descriptors that are registered with the poller: those that ever had to be waited for.
    pub descriptors: usize,
    /// Stacks of green threads that have begun.
    pub stacks_in_use: usize,
    /// Stacks kept for the next green threads.
    pub stacks_idle: usize,
}

/// Waits until a descriptor can be read or written without blocking.
///
/// This is for descriptors that are not green sockets: those of C libraries, or of devices. It
/// works on anything that can be polled; regular files are always ready. The descriptor's flags
/// are left alone, and the hub keeps no trace of it. Eventlet's `trampoline`.
///
/// # Errors
///
/// Fails with [`TimedOut`](io::ErrorKind::TimedOut) if `timeout` passes first, and if the
/// descriptor cannot be polled or the process has none left: a wait takes one for as long as it
/// lasts.
///
/// # Switching
///
/// Switches unless the descriptor is ready; fails instead of switching while the caller unwinds.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use std::os::unix::net::UnixStream;
/// use eventlet::hubs::{Direction, trampoline};
///
/// let (reader, mut writer) = UnixStream::pair()?;
/// let waiting = eventlet::spawn(move || trampoline(&reader, Direction::Read, None));
/// writer.write_all(b"x")?;
/// waiting.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn trampoline(
    fd: &impl AsFd,
    direction: Direction,
    timeout: Option<Duration>,
) -> io::Result<()> {
    if hub::with(|hub| hub.trampoline(fd.as_fd(), direction, timeout))? {
        return Ok(());
    }
    let text =
        format!("timed out after {:?} waiting for a descriptor", timeout.unwrap_or_default());
    Err(io::Error::new(io::ErrorKind::TimedOut, text))
}
