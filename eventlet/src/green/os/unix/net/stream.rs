//! A connection between Unix sockets.

use std::io;
use std::os::unix::net;
use std::path::Path;

use super::SocketAddr;
use crate::green::socket::{
    conversions, every_socket, peer_and_timeouts, read_and_write, shutdown,
};
use crate::greenio::{Source, connect_unix};

/// A connection between Unix sockets; std's [`UnixStream`](net::UnixStream), green.
///
/// Reading and writing are in the implementations of [`Read`](io::Read) and [`Write`](io::Write),
/// for the stream and for a reference to it. One green thread may read while another one writes;
/// several may read, or write, at once, and then it is up to the system who gets what.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::green::os::unix::net::UnixStream;
///
/// let (mut left, mut right) = UnixStream::pair()?;
/// let reader = eventlet::spawn(move || {
///     let mut text = [0; 5];
///     right.read_exact(&mut text).map(|()| text)
/// });
/// left.write_all(b"hello")?;
/// assert_eq!(&reader.wait().unwrap()?, b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixStream {
    source: Source<net::UnixStream>,
}

impl UnixStream {
    /// Takes over a stream that blocks.
    pub(super) fn new(stream: net::UnixStream) -> io::Result<Self> {
        Ok(UnixStream { source: Source::of_blocking(stream)? })
    }

    #[cfg(any(feature = "ssl", feature = "http"))]
    pub(crate) fn source(&self) -> &Source<net::UnixStream> {
        &self.source
    }

    /// Connects to the listener at a path.
    ///
    /// If as many connections wait there to be accepted as may, this waits as well. The system
    /// does not tell when there is room, so it is tried again after pauses, of 50 milliseconds in
    /// the end.
    ///
    /// # Errors
    ///
    /// Fails with [`ConnectionRefused`](io::ErrorKind::ConnectionRefused) if nobody listens there,
    /// with [`NotFound`](io::ErrorKind::NotFound) if there is no such file, with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if the path is too long for an address or has
    /// a zero byte in it, and as the system does.
    ///
    /// # Switching
    ///
    /// Switches if the listener has no room, where it fails while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::{UnixListener, UnixStream};
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-connect-{}", std::process::id()));
    /// let listener = UnixListener::bind(&path)?;
    /// assert!(UnixStream::connect(&path).is_ok());
    ///
    /// drop(listener);
    /// let refused = UnixStream::connect(&path).unwrap_err();
    /// assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect<P: AsRef<Path>>(path: P) -> io::Result<UnixStream> {
        let path = path.as_ref();
        let stream = connect_unix(|socket| socket.connect(path))?;
        Ok(UnixStream { source: Source::of_nonblocking(stream) })
    }

    /// Connects to an address, which may be an abstract name; otherwise like
    /// [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// Fails as [`connect`](Self::connect) does.
    ///
    /// # Switching
    ///
    /// As [`connect`](Self::connect).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::{UnixListener, UnixStream};
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-address-{}", std::process::id()));
    /// let listener = UnixListener::bind(&path)?;
    /// let stream = UnixStream::connect_addr(&listener.local_addr()?)?;
    /// assert_eq!(stream.peer_addr()?.as_pathname(), Some(&*path));
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect_addr(socket_addr: &SocketAddr) -> io::Result<UnixStream> {
        let stream = connect_unix(|socket| socket.connect_addr(socket_addr))?;
        Ok(UnixStream { source: Source::of_nonblocking(stream) })
    }

    /// Makes two sockets that are connected with each other and have no address.
    ///
    /// # Errors
    ///
    /// Fails if the process has no descriptors left.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, Write};
    /// use eventlet::green::os::unix::net::UnixStream;
    ///
    /// let (mut left, right) = UnixStream::pair()?;
    /// left.write_all(b"hello")?;
    /// drop(left);
    /// assert_eq!(io::read_to_string(right)?, "hello");
    /// # Ok::<(), io::Error>(())
    /// ```
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let (left, right) = net::UnixStream::pair()?;
        Ok((Self::new(left)?, Self::new(right)?))
    }
}

macro_rules! shared {
    ($example:literal) => {
        every_socket!(UnixStream, SocketAddr, $example);
        peer_and_timeouts!(UnixStream, SocketAddr, timeout, $example);
        shutdown!(UnixStream, $example);
    };
}

shared! {
    "use eventlet::green::os::unix::net::UnixStream;\n\
     let (socket, _peer) = UnixStream::pair()?;"
}

read_and_write!(UnixStream);
conversions!(UnixStream, net::UnixStream);
