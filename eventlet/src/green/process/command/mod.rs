//! What to start, and how.

mod settings;

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::process::{self, ExitStatus, Output, Stdio};

use super::Child;

/// A program to be started, with its arguments and surroundings; std's
/// [`Command`](process::Command), green.
///
/// Starting a process holds up the OS thread for as long as the system takes, most often less than
/// a millisecond. It cannot be moved to another thread: closures that run in the child before the
/// program does may rely on this one.
///
/// # Examples
///
/// ```
/// use eventlet::green::process::Command;
///
/// let output = Command::new("echo").arg("hello").output()?;
/// assert!(output.status.success());
/// assert_eq!(output.stdout, b"hello\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Command {
    command: process::Command,
    /// Which of the standard streams the user has said something about: `output` has other
    /// defaults than `spawn`.
    is_set: Streams<bool>,
}

/// Something about each of the three standard streams.
#[derive(Clone, Copy, Default)]
struct Streams<T> {
    stdin: T,
    stdout: T,
    stderr: T,
}

impl Command {
    /// A command that starts `program`, which is looked for in `PATH` unless it has a slash.
    ///
    /// It has no arguments, and inherits environment, directory and standard streams.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert!(Command::new("true").status()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new<S: AsRef<OsStr>>(program: S) -> Command {
        Command { command: process::Command::new(program), is_set: Streams::default() }
    }

    /// The command of std, for what only the system knows.
    pub(in crate::green) fn std_mut(&mut self) -> &mut process::Command {
        &mut self.command
    }

    /// Starts the program.
    ///
    /// # Errors
    ///
    /// Fails as std does: with [`NotFound`](io::ErrorKind::NotFound) if there is no such program,
    /// with [`PermissionDenied`](io::ErrorKind::PermissionDenied) if it may not be run.
    ///
    /// # Switching
    ///
    /// Never switches; the OS thread waits until the child runs the program.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let mut child = Command::new("true").spawn()?;
    /// assert!(child.wait()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn spawn(&mut self) -> io::Result<Child> {
        self.command.spawn().map(Child::new)
    }

    /// Starts the program, reads what it writes, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// Fails as [`spawn`](Command::spawn) and [`Child::wait_with_output`] do.
    ///
    /// # Switching
    ///
    /// Switches until the process has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let output = Command::new("sh").args(["-c", "echo out; echo err >&2; exit 1"]).output()?;
    /// assert_eq!(output.status.code(), Some(1));
    /// assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn output(&mut self) -> io::Result<Output> {
        self.set_defaults([Stdio::null, Stdio::piped, Stdio::piped]);
        let child = self.spawn();
        self.set_defaults([Stdio::inherit; 3]);
        child?.wait_with_output()
    }

    /// Sets what is to be the case for the streams of which the user has said nothing.
    fn set_defaults(&mut self, [stdin, stdout, stderr]: [fn() -> Stdio; 3]) {
        if !self.is_set.stdin {
            self.command.stdin(stdin());
        }
        if !self.is_set.stdout {
            self.command.stdout(stdout());
        }
        if !self.is_set.stderr {
            self.command.stderr(stderr());
        }
    }

    /// Starts the program and waits until it has ended.
    ///
    /// # Errors
    ///
    /// Fails as [`spawn`](Command::spawn) and [`Child::wait`] do.
    ///
    /// # Switching
    ///
    /// Switches until the process has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert_eq!(Command::new("false").status()?.code(), Some(1));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn status(&mut self) -> io::Result<ExitStatus> {
        self.spawn()?.wait()
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.command.fmt(f)
    }
}
