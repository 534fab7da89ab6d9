//! A pool of OS threads for calls that block: only the calling green thread waits.
//!
//! [`execute`] runs one function there. A [`Proxy`] keeps a value there whose methods block, such as
//! a connection to a database.
//!
//! Its size is 20 threads, or what the environment variable `EVENTLET_THREADPOOL_SIZE` or
//! [`set_num_threads`] says. They are started as they are needed and shared by all hubs of the
//! process. They do not keep the process alive: when `main` returns, calls under way are cut off.
//! Whoever minds ends with [`killall`].

mod call;
mod proxy;
mod size;
mod workers;

use std::sync::Arc;
use std::thread;

pub use proxy::Proxy;

use crate::hub::{self, Hub};
use call::Call;

/// Runs `f` on a thread of the pool and returns its result; other green threads run meanwhile.
///
/// Calls from within the pool, and calls while the caller unwinds or its OS thread ends, run `f` in
/// place; so do all if the pool has [no threads](set_num_threads), or none can be started. A kill or a
/// timeout of the caller frees it at once: if `f` has not begun, it is dropped; otherwise it runs to
/// its end and its result is dropped.
///
/// `f` may make green calls: the thread has a hub of its own while it runs. It waits for the green
/// threads that it spawns, or nobody runs them.
///
/// # Panics
///
/// Panics in the caller if `f` panics, with the same payload.
///
/// # Switching
///
/// Switches until the result is there.
///
/// # Examples
///
/// ```
/// let text = eventlet::tpool::execute(|| std::fs::read_to_string("Cargo.toml"))?;
/// assert!(text.contains("eventlet"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn execute<F, T>(f: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    if must_run_in_place() || size::is_zero() {
        return f();
    }
    let call = Arc::new(Call::new(f));
    let theirs = call.clone();
    let result = call.wait("a call on the native thread pool", true, || {
        workers::submit(Box::new(move || theirs.run(|f| f()))).map_err(|(_, error)| error)
    });
    // Files and names are as much needed where no thread can be started.
    result.unwrap_or_else(|(f, _)| f())
}

/// Like [`execute`], for what the library itself cannot do without blocking: an OS thread that has
/// no hub just blocks.
#[track_caller]
pub(crate) fn off_hub<F, T>(f: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    if hub::exists() { execute(f) } else { f() }
}

/// Like [`off_hub`], for a call that may last for ever: it gets an OS thread of its own, so that
/// however many there are, the pool goes on.
#[track_caller]
pub(crate) fn off_hub_apart<F, T>(f: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    if !hub::exists() || must_run_in_place() {
        return f();
    }
    let call = Arc::new(Call::new(f));
    let theirs = call.clone();
    let result = call.wait("a call on an OS thread of its own", false, || {
        let thread = thread::Builder::new().name("eventlet-apart".to_owned());
        thread.spawn(move || theirs.run(|f| f())).map(drop)
    });
    result.unwrap_or_else(|(f, _)| execute(f))
}

/// Whether the caller cannot wait, or would wait for its own thread of the pool.
fn must_run_in_place() -> bool {
    workers::is_worker() || hub::is_gone() || hub::with(Hub::current_is_unwinding)
}

/// Sets how many threads the pool may have, from now on.
///
/// When it grows, calls that wait for a thread get one. When it shrinks, surplus threads end: idle
/// ones at once, the others after their call. Nothing that has been asked for is lost.
///
/// With 0 threads, new calls run in place: on the caller's OS thread, which they hold up with all
/// its green threads. The first such call says so on stderr.
///
/// In Eventlet this has an effect only before the first use.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::tpool;
///
/// tpool::set_num_threads(5);
/// assert_eq!(tpool::stats().size, 5);
/// ```
pub fn set_num_threads(n: usize) {
    workers::resize(n);
}

/// Ends all threads of the pool, after everything that has been asked for, and waits until they are
/// gone.
///
/// All callers get their results. The pool starts again with the next call, even while this one
/// waits: it waits for the threads that there were. Calls of a [`Proxy`] that are behind another one
/// of the same proxy may go on in new threads.
///
/// A call that does not end is waited for. With [`with_timeout`](crate::with_timeout) that has a
/// limit; the threads then end by themselves, as soon as they can.
///
/// # Panics
///
/// Panics if it is called on a thread of the pool, which would wait for itself.
///
/// # Switching
///
/// Switches until the threads are gone, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::{tpool, with_timeout};
///
/// assert_eq!(tpool::execute(|| 5), 5);
/// with_timeout(Duration::from_secs(5), tpool::killall)?;
/// assert_eq!(tpool::stats().threads, 0);
/// # Ok::<(), eventlet::TimedOut>(())
/// ```
#[track_caller]
pub fn killall() {
    assert!(
        !workers::is_worker(),
        "tpool::killall was called on a thread of the pool, which would wait for itself: call it \
         from outside the pool"
    );
    workers::end().iter().for_each(|crew| crew.wait_for_end());
}

/// What the pool has in hand, counted by [`stats`].
///
/// # Examples
///
/// ```
/// use eventlet::tpool;
///
/// assert_eq!(tpool::stats().threads, 0);
/// tpool::execute(|| ());
/// let stats = tpool::stats();
/// assert!(stats.threads <= stats.size);
/// assert_eq!((stats.threads, stats.queued), (1, 0));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stats {
    /// How many threads there may be, as set with [`set_num_threads`].
    pub size: usize,
    /// Threads that are alive.
    pub threads: usize,
    /// Those of them that wait for something to do.
    pub idle: usize,
    /// Calls that wait for a thread. A call that was given up counts until its turn comes.
    pub queued: usize,
}

/// Counts what the pool has in hand.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::tpool;
///
/// tpool::execute(|| ());
/// assert_eq!(tpool::stats().threads, 1);
/// ```
pub fn stats() -> Stats {
    workers::stats()
}
