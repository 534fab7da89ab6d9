//! What the code that the macros write calls. Not part of the public interface.

use std::panic::Location;
use std::process::abort;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

pub use crate::greenthread::GreenThread;
#[cfg(feature = "http")]
pub use crate::http::request::door as http_requests;
pub use crate::timeout::{TimedOut, with_timeout};
pub use core::time::Duration;
pub use eventlet_macros::import_patched_here;

use crate::greenthread::Builder;

/// All of std with its green parts swapped, for paths that the macros cannot read to their end,
/// such as `std::$module::spawn` in a macro's body.
pub mod patched_std {
    pub use ::std::*;

    pub use crate::green::{fs, io, net, process, sync, thread, thread_local, time};

    /// [`std::os`], likewise.
    pub mod os {
        pub use ::std::os::*;

        #[cfg(target_os = "linux")]
        pub use crate::green::os::linux;
        pub use crate::green::os::unix;
    }
}

/// `#[green(spawn)]`.
#[track_caller]
pub fn spawn<F, T>(name: Option<&'static str>, stack_size: Option<usize>, f: F) -> GreenThread<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    builder(name, stack_size).spawn(f).unwrap_or_else(|error| panic!("spawn: {error}"))
}

fn builder(name: Option<&'static str>, stack_size: Option<usize>) -> Builder {
    let mut builder = Builder::new();
    if let Some(name) = name {
        builder = builder.name(name);
    }
    if let Some(bytes) = stack_size {
        builder = builder.stack_size(bytes);
    }
    builder
}

/// `#[green(blocking)]`.
pub fn blocking<F, T>(f: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    crate::tpool::execute(f)
}

/// `#[green::main]`: the body runs on the native stack, or, if it wants a name or a stack of its
/// own, in a green thread.
#[track_caller]
pub fn main<F, R>(name: Option<&'static str>, stack_size: Option<usize>, f: F) -> R
where
    F: FnOnce() -> R + 'static,
    R: 'static,
{
    if name.is_none() && stack_size.is_none() {
        return f();
    }
    match spawn(name, stack_size, f).wait() {
        Ok(result) => result,
        Err(exit) if exit.is_panic() => exit.resume(),
        Err(exit) => panic!("main: {exit}"),
    }
}

/// `#[green::main(hubs = n)]`: the rest of `main` in a program of `n` hubs.
pub fn main_with_hubs<F, R>(n: usize, f: F) -> R
where
    F: FnOnce() -> R,
{
    crate::hubs::with_team(n, f).unwrap_or_else(|error| panic!("main with {n} hubs: {error}"))
}

/// How much longer than its limit a test may hold its OS thread before the process is aborted.
const GRACE: Duration = Duration::from_secs(5);

/// `#[green::test]`: a time limit, and if asked for a look at what is left in the hub.
#[track_caller]
pub fn test<F, R>(name: &'static str, limit: Duration, check_leaks: bool, f: F) -> R
where
    F: FnOnce() -> R,
{
    let place = Location::caller();
    let _watchdog = Watchdog::start(name, limit.saturating_add(GRACE));
    let result = match with_timeout(limit, f) {
        Ok(result) => result,
        Err(_) => panic!("the test {name} ({place}) still waits after {limit:?}"),
    };
    if check_leaks {
        let stats = crate::hubs::get_hub().stats();
        let left = stats.green_threads + stats.io_waiters;
        assert_eq!(left, 0, "the test {name} has left something in its hub: {stats:?}");
    }
    result
}

/// Aborts the process if a test does not let go of its OS thread: a timeout cannot interrupt it.
struct Watchdog {
    /// Dropped with the watchdog, which ends its thread.
    _alive: mpsc::Sender<()>,
}

impl Watchdog {
    fn start(name: &'static str, limit: Duration) -> Self {
        let (alive, watched) = mpsc::channel::<()>();
        thread::spawn(move || {
            if watched.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                eprintln!("eventlet: the test {name} has blocked its OS thread for {limit:?}");
                abort();
            }
        });
        Watchdog { _alive: alive }
    }
}
