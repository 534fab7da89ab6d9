//! [`std::os::unix::process`], for green commands.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt as _;

use crate::green::process::Command;

pub use std::os::unix::process::{ExitStatusExt, parent_id};

/// What only Unix can say of a [`Command`]; std's
/// [`CommandExt`](std::os::unix::process::CommandExt) for the green one.
///
/// # Examples
///
/// ```
/// use eventlet::green::os::unix::process::CommandExt;
/// use eventlet::green::process::Command;
///
/// let output = Command::new("sh").arg0("shell").args(["-c", "echo $0"]).output()?;
/// assert_eq!(output.stdout, b"shell\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait CommandExt: sealed::Sealed {
    /// Sets the user as whom the child runs.
    fn uid(&mut self, id: u32) -> &mut Command;

    /// Sets the group as which the child runs.
    fn gid(&mut self, id: u32) -> &mut Command;

    /// Has a closure run in the child just before the program does, after those that were given
    /// before. If it fails, starting the program fails with that error.
    ///
    /// The OS thread waits meanwhile, so the closure should be quick.
    ///
    /// # Safety
    ///
    /// The closure runs in a copy of this process that has only this thread. It may do what a
    /// signal handler may do: no allocating, no locks, and no green calls, which would fail.
    #[allow(unsafe_code, reason = "std's method is unsafe")]
    unsafe fn pre_exec<F>(&mut self, f: F) -> &mut Command
    where
        F: FnMut() -> io::Result<()> + Send + Sync + 'static;

    /// The old name of [`pre_exec`](CommandExt::pre_exec).
    ///
    /// # Safety
    ///
    /// See [`pre_exec`](CommandExt::pre_exec).
    #[deprecated(since = "1.37.0", note = "should be unsafe, use `pre_exec` instead")]
    #[allow(unsafe_code, reason = "std's method is unsafe")]
    unsafe fn before_exec<F>(&mut self, f: F) -> &mut Command
    where
        F: FnMut() -> io::Result<()> + Send + Sync + 'static,
    {
        // SAFETY: the caller vouches for the closure.
        unsafe { self.pre_exec(f) }
    }

    /// Replaces this process by the program, with all its green threads. It returns only if that
    /// fails, and says why.
    ///
    /// # Switching
    ///
    /// Never switches.
    #[must_use]
    fn exec(&mut self) -> io::Error;

    /// Sets what the program finds as its own name, in `argv[0]`.
    fn arg0<S>(&mut self, arg: S) -> &mut Command
    where
        S: AsRef<OsStr>;

    /// Sets the process group of the child; 0 makes a new one.
    fn process_group(&mut self, pgroup: i32) -> &mut Command;
}

impl CommandExt for Command {
    fn uid(&mut self, id: u32) -> &mut Command {
        self.std_mut().uid(id);
        self
    }

    fn gid(&mut self, id: u32) -> &mut Command {
        self.std_mut().gid(id);
        self
    }

    #[allow(unsafe_code, reason = "std's method is unsafe")]
    unsafe fn pre_exec<F>(&mut self, f: F) -> &mut Command
    where
        F: FnMut() -> io::Result<()> + Send + Sync + 'static,
    {
        // SAFETY: the caller vouches for the closure.
        unsafe { self.std_mut().pre_exec(f) };
        self
    }

    fn exec(&mut self) -> io::Error {
        self.std_mut().exec()
    }

    fn arg0<S>(&mut self, arg: S) -> &mut Command
    where
        S: AsRef<OsStr>,
    {
        self.std_mut().arg0(arg);
        self
    }

    fn process_group(&mut self, pgroup: i32) -> &mut Command {
        self.std_mut().process_group(pgroup);
        self
    }
}

/// Nobody else implements the trait, as in std, so that it may grow.
mod sealed {
    pub trait Sealed {}

    impl Sealed for crate::green::process::Command {}
}
