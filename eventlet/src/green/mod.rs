//! The parts of std that wait, green: modules with std's names, types and signatures.
//!
//! Code that was written for `std` finds here what it needs: where std blocks the OS thread, these
//! modules park the green thread and let others run. What never waits is std's own item. The
//! macros [`green`](macro@crate::green) and [`import_patched!`](crate::import_patched) lead paths
//! of `std` to this module; it can be used by name as well.
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
pub mod sync;
pub mod thread;
pub mod time;
