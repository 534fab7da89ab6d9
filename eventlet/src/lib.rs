//! Green threads for ordinary blocking code.
//!
//! A *green thread* is a function with a stack of its own that takes turns with others on one OS
//! thread. Where it would block (reading a socket, sleeping, waiting for a result) it gives way,
//! and another one runs. The code stays ordinary blocking code: nothing to await, and any function
//! may wait, however deep it lies.
//!
//! ```
//! use std::io::{Read, Write};
//!
//! fn main() -> std::io::Result<()> {
//!     let listener = eventlet::listen("127.0.0.1:0")?;
//!     let address = listener.local_addr()?;
//!     let server = eventlet::spawn(move || {
//!         eventlet::serve(listener, |mut stream, _peer| stream.write_all(b"hello"))
//!     });
//!
//!     // A hundred clients at once, and the server, in one OS thread.
//!     let clients: Vec<_> = (0..100)
//!         .map(|_| {
//!             eventlet::spawn(move || -> std::io::Result<String> {
//!                 let mut text = String::new();
//!                 eventlet::connect(address)?.read_to_string(&mut text)?;
//!                 Ok(text)
//!             })
//!         })
//!         .collect();
//!     for client in clients {
//!         assert_eq!(client.wait().unwrap()?, "hello");
//!     }
//!     server.kill();
//!     Ok(())
//! }
//! ```
//!
//! # The tour
//!
//! **Starting and waiting.** [`spawn`] starts a green thread and returns a [`GreenThread`];
//! [`wait`](GreenThread::wait) gives its result, or an [`Exit`] that says why there is none.
//! [`spawn_n`] is for green threads nobody waits for, [`spawn_after`] for later ones, [`Builder`]
//! for names and stack sizes. Green threads stay on their OS thread, so closures and results need
//! not be `Send`, and `Rc` and `RefCell` are fine to share: nobody else runs until you wait.
//! In a [`scope`] they may even borrow. [`green_local!`] is for variables of which each green thread
//! has its own.
//!
//! **Giving way.** [`sleep`] waits; with a duration of zero it lets everyone else run once.
//! [`yield_if_needed`] is for loops that compute: it does so once a millisecond.
//!
//! **Ending.** [`GreenThread::kill`] unwinds a green thread from where it waits, so that its
//! destructors run. [`with_timeout`] gives up on a stretch of code that waits too long, and
//! [`Timeout`] is the same as a guard. Both arrive at the next wait, never in the middle of a
//! computation. [`Handle::link`] tells you when a green thread ends.
//!
//! **Talking to each other.** A [`Queue`] hands items on, an [`Event`] tells once, an
//! [`event::Flag`] comes and goes, a [`Semaphore`] or a [`lock::Lock`] lets so many in. Those who wait
//! are served in the order they came, and one that is killed or timed out loses nothing for the
//! others. [`select!`] waits for the first of several things, [`select::iwait`] for one after the
//! other, [`join_all`] for all results.
//!
//! **Many at a time.** A [`GreenPool`] limits how many green threads there are at once, and maps a
//! function over items; a [`GreenPile`] gives their results in order; a [`Group`] is waited for or killed
//! together; in a [`dagpool::DAGPool`] they wait for each other's results. A [`pools::Pool`] lends out
//! things such as connections.
//!
//! **Talking to the network.** [`green::net`] is `std::net` name by name; [`connect`], [`listen`]
//! and [`serve`] are the short way, and with the feature `ssl` `wrap_ssl` and `green::ssl` encrypt. [`hubs::trampoline`] waits for any other descriptor, and
//! [`hubs::poll`] for several.
//!
//! **Existing code.** [`mod@green`] has all of std that waits: sockets, threads, locks, channels,
//! processes, pipes and files. [`green`](macro@green) on a function, `impl` or module makes its
//! paths into `std` lead there; [`import_patched!`] does so for modules in files of their own. What
//! cannot be made green runs on OS threads by [`tpool::execute`], what has such methods lives in a
//! [`tpool::Proxy`], and [`future::block_on`] waits for what is `async`. On Linux, with the feature
//! `monkey-patch`, `monkey_patch()` makes crates and C libraries cooperate that are not yours: see the module
//! `patcher`.
//!
//! **More cores.** One OS thread keeps one core busy. [`hubs::spawn_hub`] starts another, with
//! green threads of its own; [`Serve::hubs`] lets several serve one port. They talk through
//! [`green::sync`], its channels and its locks.
//!
//! **Looking inside.** A [`backdoor`] is a console into the running program: who waits for what, where
//! it was spawned, and whatever commands you give it.
//!
//! **Who runs all this?** Every OS thread has a *hub*, made by the first green call. There is
//! nothing to start: when the *main context* (the thread's own stack) waits, it runs the hub until
//! its wait is over. When it returns, green threads that are left are abandoned, as in Eventlet.
//!
//! # What to know
//!
//! - Green threads take turns. Yielding, waking others or always finding data keeps nobody out:
//!   timers, I/O and other threads' wakes are looked at all the while, and a timer does not wait for
//!   everyone who is runnable. One that computes for long holds the others up, though: call
//!   [`yield_if_needed`] in its loop, or compute in [`tpool::execute`].
//!   [`debug::hub_blocking_detection`] tells who does that, or blocks the OS thread.
//! - A kill or a timeout unwinds. Code that catches every unwind catches these too, and while
//!   destructors run because of one, [`sleep`] returns at once and I/O that would wait fails.
//! - A guard of one of std's own locks that is held while waiting can deadlock, since who waits for
//!   it holds up all; those of [`green::sync`] are for that. If nothing can ever wake the main
//!   context, the hub panics with a list of who waits for what.
//! - A stack has 256 KiB unless [`Builder::stack_size`] or `EVENTLET_STACK_SIZE` says otherwise.
//!   Only touched pages cost memory. An overflow is reported and ends the process.
//! - Do not wait while a thread-local of your own is being initialised or destroyed. Green threads
//!   of one OS thread share its thread-locals, and std relies on nobody else coming in between:
//!   a second green thread could be left with a reference to a value that is gone. Waiting inside
//!   [`LocalKey::with`](std::thread::LocalKey::with) is fine while the OS thread lives.
//! - Do not use green threads on both sides of a `fork`; start programs with [`green::process`] or
//!   `std::process`.
//!
//! # Features
//!
//! | name | what it adds |
//! |---|---|
//! | `ssl` | `wrap_ssl` and `green::ssl`: TLS by the system's own library |
//! | `http` | the module `http`: a server |
//! | `websocket` | the module `websocket`, and `http` |
//! | `full` | all of these |
//! | `monkey-patch` | `monkey_patch()` and the module `patcher`; the program then defines C functions such as `recv` |
//!
//! # Environment variables
//!
//! | name | meaning | default |
//! |---|---|---|
//! | `EVENTLET_STACK_SIZE` | bytes of stack of a green thread | 262144 |
//! | `EVENTLET_THREADPOOL_SIZE` | OS threads of [`tpool`]; `0`: its calls run in place | 20 |
//! | `EVENTLET_GUARD_REGIONS` | `0`: guard stacks by mappings even where Linux can do better | on |
//! | `EVENTLET_UNPATCHED` | `1` when compiling: [`import_patched!`] leaves the modules as they are | off |

#[cfg(panic = "abort")]
compile_error!(
    "eventlet needs panic = \"unwind\": killing a green thread and timing it out unwind its stack. \
     Remove `panic = \"abort\"` from the profile"
);

#[macro_use]
mod notice;
mod oslock;
mod unwind;

#[allow(unsafe_code, reason = "stack switching, guard pages and the overflow handler")]
mod coroutine;
mod hub;

mod lot;
mod waitlist;

pub mod corolocal;
mod greenthread;

pub mod event;
pub mod lock;
pub mod queue;
pub mod select;
pub mod semaphore;
mod timeout;

pub mod future;

pub mod greenpool;
pub mod pools;

#[allow(unsafe_code, reason = "taking a descriptor out of its wrapper, and socket calls")]
mod greenio;
pub mod tpool;

pub mod green;

pub mod dagpool;

mod convenience;

#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
#[allow(unsafe_code, reason = "C functions, called by and calling C")]
mod monkey;
#[cfg(feature = "monkey-patch")]
pub mod patcher;

pub mod backdoor;
pub mod debug;
#[cfg(feature = "http")]
pub mod http;
pub mod hubs;
#[cfg(feature = "websocket")]
pub mod websocket;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use greenthread::{Builder, Exit, ExitStatus, Handle, Link};
pub use greenthread::{
    GreenThread, current, join_all, kill, kill_all, sleep, spawn, spawn_after, spawn_after_local,
    spawn_n, yield_if_needed,
};
pub use greenthread::{Scope, ScopedGreenThread, scope};
pub use timeout::{TimedOut, Timeout, with_timeout};

pub use greenpool::{GreenPile, GreenPool, Group};

pub use event::Event;
pub use queue::{LifoQueue, LightQueue, PriorityQueue, Queue};
pub use semaphore::{BoundedSemaphore, CappedSemaphore, Semaphore};

pub use eventlet_macros::{green, import_patched};

pub use convenience::{Listen, Outcome, StopServe, connect, listen};
pub use convenience::{Serve, ServeHubs, serve, serve_with};
#[cfg(feature = "ssl")]
pub use convenience::{SslOptions, wrap_ssl};

#[cfg(feature = "monkey-patch")]
pub use patcher::monkey_patch;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
