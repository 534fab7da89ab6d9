//! A TCP connection.

mod connect;
mod nodelay;

use std::io;
use std::net::{self, SocketAddr};

use crate::green::socket::{
    conversions, every_socket, peer_and_timeouts, read_and_write, shutdown, ttl,
};
use crate::greenio::{Direction, Source};

/// A TCP connection; std's [`TcpStream`](net::TcpStream), green.
///
/// Reading and writing are in the implementations of [`Read`](io::Read) and [`Write`](io::Write),
/// for the stream and for a reference to it. One green thread may read while another one writes;
/// several may read, or write, at once, and then it is up to the system who gets what. Dropping
/// the last clone closes the connection.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::green::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut client = TcpStream::connect(listener.local_addr()?)?;
/// let (mut server, _peer) = listener.accept()?;
///
/// let echo = eventlet::spawn(move || {
///     let mut byte = [0];
///     server.read_exact(&mut byte)?;
///     server.write_all(&byte)
/// });
/// client.write_all(b"x")?;
/// let mut byte = [0];
/// client.read_exact(&mut byte)?;
/// assert_eq!(&byte, b"x");
/// echo.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpStream {
    source: Source<net::TcpStream>,
}

impl TcpStream {
    /// Takes over a non-blocking stream.
    pub(super) fn new(source: Source<net::TcpStream>) -> Self {
        TcpStream { source }
    }

    #[cfg(any(target_os = "linux", feature = "ssl", feature = "http"))]
    pub(crate) fn source(&self) -> &Source<net::TcpStream> {
        &self.source
    }

    /// Reads without taking the bytes out: the next read returns them again.
    ///
    /// # Errors
    ///
    /// Fails as a read does.
    ///
    /// # Switching
    ///
    /// Switches as a read does: if there is nothing to be read, where it fails while the caller
    /// unwinds, and every so often if there always is.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let mut client = TcpStream::connect(listener.local_addr()?)?;
    /// let (mut server, _peer) = listener.accept()?;
    /// server.write_all(b"GET")?;
    ///
    /// let (mut peeked, mut read) = ([0; 1], [0; 3]);
    /// assert_eq!(client.peek(&mut peeked)?, 1);
    /// client.read_exact(&mut read)?;
    /// assert_eq!((&peeked, &read), (b"G", b"GET"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        // Not a transfer: however little this sees, it is still there to be read.
        let seen = self.source.wait_for(Direction::Read, |stream| stream.peek(buf))?;
        if seen == 0 {
            self.source.check_open()?;
        }
        Ok(seen)
    }
}

macro_rules! shared {
    ($example:literal) => {
        every_socket!(TcpStream, SocketAddr, $example);
        peer_and_timeouts!(TcpStream, SocketAddr, dur, $example);
        shutdown!(TcpStream, $example);
        ttl!(TcpStream, $example);
    };
}

shared! {
    "use eventlet::green::net::{TcpListener, TcpStream};\n\
     let listener = TcpListener::bind(\"127.0.0.1:0\")?;\n\
     let socket = TcpStream::connect(listener.local_addr()?)?;"
}

read_and_write!(TcpStream);
conversions!(TcpStream, net::TcpStream);
