//! Child processes with the names of [`std::process`].
//!
//! A [`Command`] is started as std starts it; waiting for the [`Child`], and for what it writes or
//! reads, parks the green thread. A child is waited for with a descriptor of its own (a *pidfd*), so
//! there is no polling and no signal handler, and whatever else the program does with `SIGCHLD` or
//! with other children is not disturbed.
//!
//! Starting a program holds up the OS thread until the child runs it, which takes about as long
//! as std takes for it: less than a millisecond.
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//! use eventlet::green::process::Command;
//!
//! // A hundred processes at once, waited for in one OS thread.
//! let waiting: Vec<_> = (0..100)
//!     .map(|_| eventlet::spawn(|| Command::new("sleep").arg("0.1").status()))
//!     .collect();
//! for status in waiting {
//!     assert!(status.wait().unwrap()?.success());
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

mod child;
mod command;
mod exit;
mod output;
mod stdio;

pub use child::Child;
pub use command::Command;
pub use stdio::{ChildStderr, ChildStdin, ChildStdout};

pub use std::process::{
    CommandArgs, CommandEnvs, ExitCode, ExitStatus, Output, Stdio, Termination, abort, exit, id,
};
