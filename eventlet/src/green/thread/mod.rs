//! Green threads with the names of [`std::thread`].
//!
//! [`spawn`] starts a green thread on this OS thread, and [`JoinHandle::join`] returns what std's
//! does. The differences come from staying on one OS thread: what is spawned need not be `Send`,
//! and a green thread begins when its spawner first waits or yields. Code that computes for long
//! keeps the others waiting unless it calls [`yield_now`]. A [`JoinHandle`] or a [`Thread`] may go to
//! other OS threads, and joining and unparking work from there.
//!
//! Variables of [`green::thread_local!`](crate::green::thread_local) have a value for each green thread.
//! Those of std's macro belong to the OS thread, so that all its green threads see the same value.
//!
//! # Examples
//!
//! ```
//! use eventlet::green::thread;
//!
//! let handles: Vec<_> = (0..3).map(|i| thread::spawn(move || i * i)).collect();
//! let squares: Vec<i32> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
//! assert_eq!(squares, [0, 1, 4]);
//! ```

mod builder;
mod info;
mod join;
mod park;
mod scope;

use std::time::Duration;

pub use builder::Builder;
pub use info::{Thread, ThreadId};
pub use join::JoinHandle;
#[allow(deprecated, reason = "as in std")]
pub use park::{park, park_timeout, park_timeout_ms};
pub use scope::{Scope, ScopedJoinHandle, scope};

pub use crate::corolocal::{AccessError, LocalKey};
pub use std::thread::{Result, available_parallelism};

use crate::greenthread::Identity;
use crate::hub::{self, Hub};

/// Starts a green thread; std's [`spawn`](std::thread::spawn), without the demand for `Send`.
///
/// It has the library's stack size, 256 KiB, and not that of an OS thread.
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
/// use eventlet::green::thread;
///
/// let thread = thread::spawn(|| 6 * 7);
/// assert_eq!(thread.join().unwrap(), 42);
/// ```
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    Builder::new().spawn(f).expect("failed to spawn thread")
}

/// Lets other green threads run for at least `dur`; std's [`sleep`](std::thread::sleep).
///
/// # Switching
///
/// Switches, except while the caller unwinds from a panic or a kill: then it returns at once.
///
/// # Examples
///
/// ```
/// use eventlet::green::{thread, time::{Duration, Instant}};
///
/// let start = Instant::now();
/// thread::sleep(Duration::from_millis(2));
/// assert!(start.elapsed() >= Duration::from_millis(2));
/// ```
pub fn sleep(dur: Duration) {
    crate::sleep(dur);
}

/// As [`sleep`], with a number of milliseconds; std's [`sleep_ms`](std::thread::sleep_ms).
///
/// # Switching
///
/// As [`sleep`].
///
/// # Examples
///
/// ```
/// #![allow(deprecated)]
///
/// eventlet::green::thread::sleep_ms(2);
/// ```
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::sleep`")]
pub fn sleep_ms(ms: u32) {
    sleep(Duration::from_millis(u64::from(ms)));
}

/// Lets every other green thread of this OS thread run that is runnable now; std's
/// [`yield_now`](std::thread::yield_now).
///
/// # Switching
///
/// Switches, except while the caller unwinds from a panic or a kill.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let thread = thread::spawn(|| ());
/// thread::yield_now();
/// assert!(thread.is_finished());
/// ```
pub fn yield_now() {
    crate::sleep(Duration::ZERO);
}

/// The green thread that makes this call; std's [`current`](std::thread::current).
///
/// Outside any green thread it is the OS thread's main context, with the name of the OS thread.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let spawned = thread::spawn(|| thread::current().id());
/// assert_ne!(spawned.join().unwrap(), thread::current().id());
/// ```
#[must_use]
pub fn current() -> Thread {
    Thread::new(Identity::current())
}

/// Whether the caller unwinds because of a panic, a kill or a timeout; std's
/// [`panicking`](std::thread::panicking).
///
/// Std's says so, too, while another green thread is switched out in the middle of unwinding: it means
/// the OS thread.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// struct OnDrop;
///
/// impl Drop for OnDrop {
///     fn drop(&mut self) {
///         assert!(thread::panicking());
///     }
/// }
///
/// assert!(!thread::panicking());
/// let thread = thread::spawn(|| {
///     let _on_drop = OnDrop;
///     panic!("no luck");
/// });
/// assert!(thread.join().is_err());
/// ```
#[must_use]
pub fn panicking() -> bool {
    hub::try_with(Hub::current_is_unwinding).unwrap_or_else(std::thread::panicking)
}
