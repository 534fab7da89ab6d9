//! Whether something is a terminal.

use std::fs;
use std::io::{self, Stderr, StderrLock, Stdout, StdoutLock};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::{Stdin, StdinLock};
use crate::green;

/// Whether a descriptor is a terminal; std's [`IsTerminal`](io::IsTerminal), which nobody else may
/// implement, for green types and for std's.
///
/// # Examples
///
/// ```
/// use eventlet::green::io::{IsTerminal, stdin, stdout};
///
/// if stdin().is_terminal() && stdout().is_terminal() {
///     println!("What is your name?");
/// }
/// ```
pub trait IsTerminal: sealed::Sealed {
    /// Whether this is a terminal. It is not if that cannot be told.
    ///
    /// # Switching
    ///
    /// Never switches.
    fn is_terminal(&self) -> bool;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! is_terminal {
    ($($type:ty),+) => {$(
        impl sealed::Sealed for $type {}

        impl IsTerminal for $type {
            fn is_terminal(&self) -> bool {
                io::IsTerminal::is_terminal(&self.as_fd())
            }
        }
    )+};
}

is_terminal!(Stdin, StdinLock<'_>, Stdout, StdoutLock<'_>, Stderr, StderrLock<'_>);
is_terminal!(fs::File, green::fs::File, OwnedFd, BorrowedFd<'_>);
