//! Waiting for several descriptors at once.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use crate::hub;

/// A descriptor to wait for, and after [`poll`] what is to be said of it.
///
/// # Examples
///
/// ```
/// use std::os::unix::net::UnixStream;
/// use std::time::Duration;
/// use eventlet::hubs::{PollFd, poll};
///
/// let (stream, peer) = UnixStream::pair()?;
/// let mut fds = [PollFd::read_write(&stream)];
/// poll(&mut fds, None)?;
/// assert!(fds[0].is_writable() && !fds[0].is_readable());
/// drop(peer);
/// poll(&mut fds, None)?;
/// assert!(fds[0].is_readable() && fds[0].is_hung_up());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct PollFd<'fd> {
    request: libc::pollfd,
    /// The descriptor stays open meanwhile.
    fd: PhantomData<BorrowedFd<'fd>>,
}

impl<'fd> PollFd<'fd> {
    fn new(fd: &'fd impl AsFd, events: libc::c_short) -> Self {
        let fd = fd.as_fd().as_raw_fd();
        PollFd { request: libc::pollfd { fd, events, revents: 0 }, fd: PhantomData }
    }

    /// Waits until a read does not block.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use eventlet::green::io::pipe;
    /// use eventlet::hubs::{PollFd, poll};
    ///
    /// let (reader, mut writer) = pipe()?;
    /// writer.write_all(b"x")?;
    /// assert_eq!(poll(&mut [PollFd::read(&reader)], None)?, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read(fd: &'fd impl AsFd) -> Self {
        Self::new(fd, libc::POLLIN)
    }

    /// Waits until a write does not block.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::io::pipe;
    /// use eventlet::hubs::{PollFd, poll};
    ///
    /// let (_reader, writer) = pipe()?;
    /// assert_eq!(poll(&mut [PollFd::write(&writer)], None)?, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn write(fd: &'fd impl AsFd) -> Self {
        Self::new(fd, libc::POLLOUT)
    }

    /// Waits until a read or a write does not block.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::os::unix::net::UnixStream;
    /// use eventlet::hubs::{PollFd, poll};
    ///
    /// let (stream, _peer) = UnixStream::pair()?;
    /// assert_eq!(poll(&mut [PollFd::read_write(&stream)], None)?, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_write(fd: &'fd impl AsFd) -> Self {
        Self::new(fd, libc::POLLIN | libc::POLLOUT)
    }

    /// Waits until there is something urgent: data out of band on a TCP connection, an event of some
    /// devices and of files below `/proc` and `/sys`. (`select` has a third list for these.)
    ///
    /// Only Linux can do it. To wait for something else as well, have the descriptor twice.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::green::net::{TcpListener, TcpStream};
    /// use eventlet::hubs::{PollFd, poll};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// let mut fds = [PollFd::read(&stream), PollFd::urgent(&stream)];
    /// assert_eq!(poll(&mut fds, Some(Duration::ZERO))?, 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(target_os = "linux")]
    pub fn urgent(fd: &'fd impl AsFd) -> Self {
        Self::new(fd, libc::POLLPRI)
    }

    /// Whether there is anything to be said.
    pub fn is_ready(&self) -> bool {
        self.request.revents != 0
    }

    /// Whether it was asked for, and a read does not block: there is something, or the end, or an
    /// error.
    pub fn is_readable(&self) -> bool {
        self.asks_for(libc::POLLIN) && self.says(libc::POLLIN | libc::POLLHUP | libc::POLLERR)
    }

    /// Whether it was asked for, and a write does not block: there is room, or it fails.
    pub fn is_writable(&self) -> bool {
        self.asks_for(libc::POLLOUT) && self.says(libc::POLLOUT | libc::POLLHUP | libc::POLLERR)
    }

    /// Whether it was asked for, and there is something urgent.
    #[cfg(target_os = "linux")]
    pub fn is_urgent(&self) -> bool {
        self.says(libc::POLLPRI)
    }

    /// Whether the other end is closed. What was sent before may still be there to be read.
    pub fn is_hung_up(&self) -> bool {
        self.says(libc::POLLHUP)
    }

    /// Whether there is an error, such as a pipe that nobody can read from any more.
    pub fn has_error(&self) -> bool {
        self.says(libc::POLLERR)
    }

    /// Whether it is no descriptor that can be waited for, or is closed.
    pub fn is_invalid(&self) -> bool {
        self.says(libc::POLLNVAL)
    }

    fn asks_for(&self, events: libc::c_short) -> bool {
        self.request.events & events != 0
    }

    fn says(&self, events: libc::c_short) -> bool {
        self.request.revents & events != 0
    }
}

impl fmt::Debug for PollFd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollFd")
            .field("fd", &self.request.fd)
            .field("readable", &self.is_readable())
            .field("writable", &self.is_writable())
            .field("hung_up", &self.is_hung_up())
            .field("error", &self.has_error())
            .field("invalid", &self.is_invalid())
            .finish()
    }
}

/// Waits until something can be said of at least one of several descriptors, and returns of how
/// many; 0 if `timeout` has passed first.
///
/// This is `poll(2)`, green, and works on any descriptors, those of green sockets included: their
/// flags are left alone, and who else waits for them is not disturbed. A descriptor may be there
/// several times. Errors and hang-ups are told whether or not anything was asked for; regular
/// files are always ready. With a `timeout` of zero it only looks.
///
/// One wait serves them all, and takes one descriptor for as long as it lasts.
///
/// # Errors
///
/// Fails if the process has no descriptor left to wait with, and if there are more than the process
/// may have descriptors.
///
/// # Switching
///
/// Switches unless something is ready or `timeout` is zero, and every so often even then. It fails
/// instead of switching while the caller unwinds.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use std::time::Duration;
/// use eventlet::green::io::pipe;
/// use eventlet::hubs::{PollFd, poll};
///
/// let (first, _quiet) = pipe()?;
/// let (second, mut writer) = pipe()?;
/// let writing = eventlet::spawn(move || writer.write_all(b"x"));
///
/// let mut fds = [PollFd::read(&first), PollFd::read(&second)];
/// assert_eq!(poll(&mut fds, Some(Duration::from_secs(5)))?, 1);
/// assert!(!fds[0].is_ready());
/// assert!(fds[1].is_readable());
/// writing.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "select")]
pub fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    let mut requests: Vec<_> = fds.iter().map(|fd| fd.request).collect();
    let n_ready = hub::poll(&mut requests, timeout)?;
    for (fd, request) in fds.iter_mut().zip(requests) {
        fd.request = request;
    }
    Ok(n_ready)
}
