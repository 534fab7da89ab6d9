//! Standard input.

mod lock;
mod raw;

use std::fmt;
use std::io::{self, BufRead, BufReader, IoSliceMut, Lines, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::{OnceLock, PoisonError};

pub use lock::StdinLock;

use crate::green::sync::Mutex;
use crate::greenio::stdin_fd;
use raw::RawStdin;

/// The standard input of this process.
///
/// All handles share one buffer, in whatever hub or OS thread they are. That buffer is not std's:
/// who reads some of the input with std's `stdin` and some with this one misses what the other has
/// read ahead.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```no_run
/// use eventlet::green::io::stdin;
///
/// for line in stdin().lines() {
///     println!("{}", line?.to_uppercase());
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn stdin() -> Stdin {
    static STDIN: OnceLock<Mutex<BufReader<RawStdin>>> = OnceLock::new();
    Stdin { input: STDIN.get_or_init(|| Mutex::new(BufReader::new(RawStdin))) }
}

/// A handle of the standard input; std's [`Stdin`](io::Stdin), green.
///
/// Reading parks the green thread until there is something. The descriptor's flags are left alone,
/// since other processes may share it. Should one of them take what this one was told of, it goes
/// on waiting, and other green threads run meanwhile. With a terminal, for one, that wait is on a
/// thread of [`tpool`](crate::tpool).
///
/// A read that is killed or timed out loses nothing: what has come is for the next one.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
/// use eventlet::green::io::stdin;
/// use eventlet::with_timeout;
///
/// let mut answer = String::new();
/// match with_timeout(Duration::from_secs(10), || stdin().read_line(&mut answer)) {
///     Ok(read) => println!("{} bytes", read?),
///     Err(_) => println!("too late"),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Stdin {
    input: &'static Mutex<BufReader<RawStdin>>,
}

impl Stdin {
    /// Takes the input for one's own; others wait until the guard is dropped.
    ///
    /// # Switching
    ///
    /// Switches if someone else has it, until he gives it back.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::io::BufRead;
    /// use eventlet::green::io::stdin;
    ///
    /// let mut input = stdin().lock();
    /// let (mut first, mut second) = (String::new(), String::new());
    /// input.read_line(&mut first)?;
    /// input.read_line(&mut second)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lock(&self) -> StdinLock<'static> {
        // A reader that was killed or has panicked leaves the buffer as it is after any read.
        StdinLock::new(self.input.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads a line, with its end, and appends it to `buf`. At the end of the input it reads
    /// nothing and returns 0.
    ///
    /// # Errors
    ///
    /// Fails as a read does, and if the line is not UTF-8.
    ///
    /// # Switching
    ///
    /// Switches while someone else has the input, and until there is a line; fails instead of
    /// waiting for one while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use eventlet::green::io::stdin;
    ///
    /// let mut name = String::new();
    /// stdin().read_line(&mut name)?;
    /// println!("hello {}", name.trim());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_line(&self, buf: &mut String) -> io::Result<usize> {
        self.lock().read_line(buf)
    }

    /// Takes the input for one's own, and iterates over its lines, without their ends.
    ///
    /// # Switching
    ///
    /// Switches if someone else has the input, until he gives it back. The iterator switches until
    /// there is a line.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use eventlet::green::io::stdin;
    ///
    /// let n_empty = stdin().lines().filter(|line| line.as_ref().is_ok_and(String::is_empty)).count();
    /// println!("{n_empty} empty lines");
    /// ```
    #[must_use = "`self` will be dropped if the result is not used"]
    pub fn lines(self) -> Lines<StdinLock<'static>> {
        self.lock().lines()
    }
}

/// Each call has the input for its own until it returns. It waits until someone else gives the
/// input back, and for something to be read, where it fails while the caller unwinds.
impl Read for &Stdin {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.lock().read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.lock().read_vectored(bufs)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        self.lock().read_to_end(buf)
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        self.lock().read_to_string(buf)
    }

    fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        self.lock().read_exact(buf)
    }
}

impl Read for Stdin {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&*self).read_vectored(bufs)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        (&*self).read_to_end(buf)
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        (&*self).read_to_string(buf)
    }

    fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        (&*self).read_exact(buf)
    }
}

impl AsFd for Stdin {
    fn as_fd(&self) -> BorrowedFd<'_> {
        stdin_fd()
    }
}

impl AsRawFd for Stdin {
    fn as_raw_fd(&self) -> RawFd {
        stdin_fd().as_raw_fd()
    }
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stdin").finish_non_exhaustive()
    }
}
