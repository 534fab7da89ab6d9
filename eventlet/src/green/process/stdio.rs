//! The parent's ends of the pipes to a child.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::process::{self, Stdio};

use crate::green::pipe_end::{End, ReadEnd, WriteEnd, descriptor_traits, reads, writes};

/// What a child process reads as its standard input; std's [`ChildStdin`](process::ChildStdin),
/// green.
///
/// The child comes to the end of its input when this is dropped.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use eventlet::green::process::{Command, Stdio};
///
/// let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
/// child.stdin.take().unwrap().write_all(b"to and fro")?;
/// assert_eq!(child.wait_with_output()?.stdout, b"to and fro");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ChildStdin {
    end: WriteEnd,
}

/// What a child process writes as its standard output; std's [`ChildStdout`](process::ChildStdout),
/// green.
///
/// # Examples
///
/// ```
/// use std::io::Read;
/// use eventlet::green::process::{Command, Stdio};
///
/// let mut child = Command::new("echo").arg("said").stdout(Stdio::piped()).spawn()?;
/// let mut text = String::new();
/// child.stdout.take().unwrap().read_to_string(&mut text)?;
/// assert_eq!(text, "said\n");
/// child.wait()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ChildStdout {
    pub(super) end: ReadEnd,
}

/// What a child process writes as its standard error; std's [`ChildStderr`](process::ChildStderr),
/// green.
///
/// # Examples
///
/// ```
/// use std::io::Read;
/// use eventlet::green::process::{Command, Stdio};
///
/// let mut child = Command::new("ls").arg("/no/such/file").stderr(Stdio::piped()).spawn()?;
/// let mut text = String::new();
/// child.stderr.take().unwrap().read_to_string(&mut text)?;
/// assert!(text.contains("/no/such/file"));
/// child.wait()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ChildStderr {
    pub(super) end: ReadEnd,
}

impl ChildStdin {
    pub(super) fn new(stdin: process::ChildStdin) -> Self {
        ChildStdin { end: End::new(stdin) }
    }
}

impl ChildStdout {
    pub(super) fn new(stdout: process::ChildStdout) -> Self {
        ChildStdout { end: End::new(stdout) }
    }
}

impl ChildStderr {
    pub(super) fn new(stderr: process::ChildStderr) -> Self {
        ChildStderr { end: End::new(stderr) }
    }
}

descriptor_traits!(
    ChildStdin: process::ChildStdin,
    ChildStdout: process::ChildStdout,
    ChildStderr: process::ChildStderr
);
reads!(ChildStdout, ChildStderr);
writes!(ChildStdin, &ChildStdin);

impl fmt::Debug for ChildStdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildStdin").finish_non_exhaustive()
    }
}

impl fmt::Debug for ChildStdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildStdout").finish_non_exhaustive()
    }
}

impl fmt::Debug for ChildStderr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildStderr").finish_non_exhaustive()
    }
}
