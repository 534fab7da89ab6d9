//! A process that has been started.

use std::fmt;
use std::io;
use std::process::{self, ExitStatus, Output};

use super::exit::wait_for_exit;
use super::output::read_all;
use super::{ChildStderr, ChildStdin, ChildStdout};

/// A child process; std's [`Child`](process::Child), green.
///
/// Dropping it neither ends nor reaps the process, as in std.
///
/// # Examples
///
/// ```
/// use eventlet::green::process::Command;
///
/// let mut child = Command::new("sh").args(["-c", "exit 3"]).spawn()?;
/// assert_eq!(child.wait()?.code(), Some(3));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Child {
    /// The writing end of its standard input, if that is piped.
    pub stdin: Option<ChildStdin>,
    /// The reading end of its standard output, if that is piped.
    pub stdout: Option<ChildStdout>,
    /// The reading end of its standard error, if that is piped.
    pub stderr: Option<ChildStderr>,
    /// The process itself, without its pipes.
    child: process::Child,
}

impl Child {
    /// Takes over a child that has just been started.
    pub(super) fn new(mut child: process::Child) -> Self {
        Child {
            stdin: child.stdin.take().map(ChildStdin::new),
            stdout: child.stdout.take().map(ChildStdout::new),
            stderr: child.stderr.take().map(ChildStderr::new),
            child,
        }
    }

    /// Ends the process with `SIGKILL`. It stays to be waited for.
    ///
    /// # Errors
    ///
    /// Fails as the system does. A child that has been waited for is ended already, which is no
    /// error.
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
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// child.kill()?;
    /// assert!(!child.wait()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// The number of the process.
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
    /// let output = Command::new("sh").args(["-c", "echo $$"]).output()?;
    /// assert!(!output.stdout.is_empty());
    /// # let mut child = Command::new("true").spawn()?;
    /// # assert_ne!(child.id(), std::process::id());
    /// # child.wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Closes [`stdin`](Child::stdin), and waits until the process has ended.
    ///
    /// Once it has, every further call says the same at once. If the caller is killed or timed out
    /// while it waits, the child can still be waited for.
    ///
    /// A wait needs a descriptor for as long as it lasts. If the process has none left, or the
    /// system is older than Linux 5.3 or is not Linux, it needs a thread of
    /// [`tpool`](crate::tpool) instead, of which there are fewer: then others wait for a thread
    /// first.
    ///
    /// # Errors
    ///
    /// Fails if the system knows no such child, because something else has reaped it.
    ///
    /// # Switching
    ///
    /// Switches until the process has ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::green::process::Command;
    /// use eventlet::with_timeout;
    ///
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// assert!(with_timeout(Duration::from_millis(20), || child.wait()).is_err());
    /// child.kill()?;
    /// assert_eq!(child.wait()?.code(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        drop(self.stdin.take());
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            wait_for_exit(self.id());
        }
    }

    /// How the process has ended, if it has. [`stdin`](Child::stdin) stays open.
    ///
    /// # Errors
    ///
    /// Fails as [`wait`](Child::wait) does.
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
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// assert_eq!(child.try_wait()?, None);
    /// child.kill()?;
    /// let status = child.wait()?;
    /// assert_eq!(child.try_wait()?, Some(status));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Closes [`stdin`](Child::stdin), reads what is piped to its end, and waits until the process
    /// has ended.
    ///
    /// Both pipes are read at once, so that the child is not stuck with either. What is not piped,
    /// or has been taken, is empty in the result.
    ///
    /// # Errors
    ///
    /// Fails as [`wait`](Child::wait) does, and if a pipe cannot be read, where std panics.
    ///
    /// # Switching
    ///
    /// Switches until the pipes are closed and the process has ended. Reading fails instead while
    /// the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::{Command, Stdio};
    ///
    /// let child = Command::new("sh")
    ///     .args(["-c", "echo good; echo bad >&2"])
    ///     .stdout(Stdio::piped())
    ///     .stderr(Stdio::piped())
    ///     .spawn()?;
    /// let output = child.wait_with_output()?;
    /// assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"good\n"[..], &b"bad\n"[..]));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn wait_with_output(mut self) -> io::Result<Output> {
        drop(self.stdin.take());
        let ends = [self.stdout.take().map(|out| out.end), self.stderr.take().map(|err| err.end)];
        let [stdout, stderr] = read_all(ends)?;
        Ok(Output { status: self.wait()?, stdout, stderr })
    }
}

impl From<process::Child> for Child {
    /// Takes over a child that std has started, with its pipes.
    fn from(mut child: process::Child) -> Self {
        Child {
            stdin: child.stdin.take().map(Into::into),
            stdout: child.stdout.take().map(Into::into),
            stderr: child.stderr.take().map(Into::into),
            child,
        }
    }
}

impl From<Child> for process::Child {
    /// Gives a child to std, with the pipes that it still has.
    fn from(child: Child) -> Self {
        let Child { stdin, stdout, stderr, mut child } = child;
        child.stdin = stdin.map(Into::into);
        child.stdout = stdout.map(Into::into);
        child.stderr = stderr.map(Into::into);
        child
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("stdin", &self.stdin)
            .field("stdout", &self.stdout)
            .field("stderr", &self.stderr)
            .finish_non_exhaustive()
    }
}
