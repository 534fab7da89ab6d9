//! Standard input in one hand.

use std::fmt;
use std::io::{self, BufRead, BufReader, IoSliceMut, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use super::raw::RawStdin;
use crate::green::sync::MutexGuard;
use crate::greenio::stdin_fd;

/// The standard input, which nobody else reads meanwhile; std's [`StdinLock`](io::StdinLock),
/// green.
///
/// # Examples
///
/// ```no_run
/// use std::io::Read;
/// use eventlet::green::io::stdin;
///
/// let mut text = String::new();
/// stdin().lock().read_to_string(&mut text)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "the input is given back as soon as this is dropped"]
pub struct StdinLock<'a> {
    input: MutexGuard<'a, BufReader<RawStdin>>,
}

impl<'a> StdinLock<'a> {
    pub(super) fn new(input: MutexGuard<'a, BufReader<RawStdin>>) -> Self {
        StdinLock { input }
    }
}

/// Reading waits for something to be read, where it fails while the caller unwinds.
impl Read for StdinLock<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.input.read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.input.read_vectored(bufs)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        self.input.read_to_end(buf)
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        self.input.read_to_string(buf)
    }

    fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        self.input.read_exact(buf)
    }
}

impl BufRead for StdinLock<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.input.consume(n);
    }

    fn read_until(&mut self, byte: u8, buf: &mut Vec<u8>) -> io::Result<usize> {
        self.input.read_until(byte, buf)
    }

    fn read_line(&mut self, buf: &mut String) -> io::Result<usize> {
        self.input.read_line(buf)
    }
}

impl AsFd for StdinLock<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        stdin_fd()
    }
}

impl AsRawFd for StdinLock<'_> {
    fn as_raw_fd(&self) -> RawFd {
        stdin_fd().as_raw_fd()
    }
}

impl fmt::Debug for StdinLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StdinLock").finish_non_exhaustive()
    }
}
