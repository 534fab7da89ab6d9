//! The parts of std that wait, green: modules with std's names, types and signatures.
//!
//! Code that was written for `std` finds here what it needs: where std blocks the OS thread, these
//! modules park the green thread and let others run. What never waits is std's own item. The
//! macros [`green`](macro@crate::green) and [`import_patched!`](crate::import_patched) lead paths
//! of `std` to this module; it can be used by name as well.
//!
//! | module | who waits, and for what |
//! |---|---|
//! | [`net`], [`os::unix::net`] | sockets wait in the hub's poller, names are resolved on the [native pool](crate::tpool) |
//! | [`thread`] | green threads instead of OS threads; `thread_local!` makes a variable of which each has its own |
//! | [`sync`] | locks, conditions and channels; also between hubs, and with plain OS threads |
//! | [`process`] | a child's end and its pipes, in the poller |
//! | [`io`] | standard input and pipes, in the poller |
//! | [`fs`] | the native pool waits for disks; what is in memory is read at once |
//! | [`time`] | nobody |
//! | `ssl`, which std has not | the stream below, with the feature `ssl` |
//!
//! # What differs from std
//!
//! - What is spawned need not be `Send`, and what a scope lends out stays on its OS thread.
//! - A green thread begins when its spawner first waits or yields, and runs until it waits itself.
//!   Locks and lines of waiters are first come, first served, so that this starves nobody.
//! - [Kills](crate::GreenThread::kill) and [timeouts](crate::Timeout) unwind, and so they poison a
//!   lock whose guard they find held, as a panic does.
//! - Few things that std has can wait and have no name to swap: methods of `std::path::Path` such as
//!   `exists` ask the disk in place. The page of [`fs`] has a list, and what to use instead.
//!
//! The project's tests hold these modules against std's documentation, name by name and signature by
//! signature, and run the same tests on both.
//!
//! # Examples
//!
//! ```
//! use eventlet::green::{thread, time::Duration};
//!
//! let sleepers: Vec<_> = (0..100)
//!     .map(|_| thread::spawn(|| thread::sleep(Duration::from_millis(10))))
//!     .collect();
//! for sleeper in sleepers {
//!     sleeper.join().unwrap();
//! }
//! ```

pub use crate::green_local as thread_local;
pub use eventlet_macros::{main, test};

pub mod fs;
mod pipe_end;

pub mod io;
pub mod net;
pub mod os;
pub mod process;
mod socket;
#[cfg(feature = "ssl")]
pub mod ssl;
pub mod sync;
pub mod thread;
pub mod time;
