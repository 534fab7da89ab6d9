//! Anonymous pipes.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::process::Stdio;

use crate::green::pipe_end::{End, ReadEnd, WriteEnd, descriptor_traits, reads, writes};

/// Makes a pipe: what is written to one end is read from the other.
///
/// # Errors
///
/// Fails if the process or the system has no descriptor left.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::green::io::pipe;
///
/// let (mut reader, mut writer) = pipe()?;
/// let waiting = eventlet::spawn(move || {
///     let mut text = String::new();
///     reader.read_to_string(&mut text).map(|_| text)
/// });
/// writer.write_all(b"through the pipe")?;
/// drop(writer);
/// assert_eq!(waiting.wait().unwrap()?, "through the pipe");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn pipe() -> io::Result<(PipeReader, PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    Ok((PipeReader { end: End::new(reader) }, PipeWriter { end: End::new(writer) }))
}

/// The end of a pipe from which is read; std's [`PipeReader`](io::PipeReader), green.
///
/// A child process that it is given to, as its [`Stdio`], finds it blocking.
///
/// # Examples
///
/// ```
/// use std::io::Read;
/// use eventlet::green::io::pipe;
///
/// let (mut reader, writer) = pipe()?;
/// drop(writer);
/// assert_eq!(reader.read(&mut [0; 10])?, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct PipeReader {
    end: ReadEnd,
}

/// The end of a pipe to which is written; std's [`PipeWriter`](io::PipeWriter), green.
///
/// A child process that it is given to, as its [`Stdio`], finds it blocking.
///
/// # Examples
///
/// ```
/// use std::io::{ErrorKind, Write};
/// use eventlet::green::io::pipe;
///
/// let (reader, mut writer) = pipe()?;
/// drop(reader);
/// assert_eq!(writer.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct PipeWriter {
    end: WriteEnd,
}

impl PipeReader {
    /// Makes another handle of the same end.
    ///
    /// # Errors
    ///
    /// Fails if the process has no descriptor left.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use eventlet::green::io::pipe;
    ///
    /// let (mut first, mut writer) = pipe()?;
    /// let mut second = first.try_clone()?;
    /// writer.write_all(b"ab")?;
    /// let (mut a, mut b) = ([0], [0]);
    /// first.read_exact(&mut a)?;
    /// second.read_exact(&mut b)?;
    /// assert_eq!((&a, &b), (b"a", b"b"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(PipeReader { end: self.end.duplicate(self.end.get().try_clone()?) })
    }
}

impl PipeWriter {
    /// Makes another handle of the same end. The reader comes to the end when all are gone.
    ///
    /// # Errors
    ///
    /// Fails if the process has no descriptor left.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// A child process writes to the same pipe as its parent.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use eventlet::green::io::pipe;
    /// use eventlet::green::process::Command;
    ///
    /// let (mut reader, mut writer) = pipe()?;
    /// let mut child = Command::new("echo").arg("child").stdout(writer.try_clone()?).spawn()?;
    /// child.wait()?;
    /// writer.write_all(b"parent")?;
    /// drop(writer);
    /// let mut text = String::new();
    /// reader.read_to_string(&mut text)?;
    /// assert_eq!(text, "child\nparent");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(PipeWriter { end: self.end.duplicate(self.end.get().try_clone()?) })
    }
}

descriptor_traits!(PipeReader: io::PipeReader, PipeWriter: io::PipeWriter);
reads!(PipeReader, &PipeReader);
writes!(PipeWriter, &PipeWriter);

impl fmt::Debug for PipeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.end.get().fmt(f)
    }
}

impl fmt::Debug for PipeWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.end.get().fmt(f)
    }
}

#[allow(unsafe_code, reason = "a method of the trait is unsafe")]
impl FromRawFd for PipeReader {
    unsafe fn from_raw_fd(fd: RawFd) -> Self {
        // SAFETY: the caller vouches for the descriptor, as for std's type.
        unsafe { OwnedFd::from_raw_fd(fd) }.into()
    }
}

#[allow(unsafe_code, reason = "a method of the trait is unsafe")]
impl FromRawFd for PipeWriter {
    unsafe fn from_raw_fd(fd: RawFd) -> Self {
        // SAFETY: the caller vouches for the descriptor, as for std's type.
        unsafe { OwnedFd::from_raw_fd(fd) }.into()
    }
}
