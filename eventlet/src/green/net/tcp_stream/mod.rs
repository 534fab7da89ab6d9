//! A TCP connection.

mod connect;
mod settings;
mod transfer;

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::{fmt, net};

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

    pub(super) fn source(&self) -> &Source<net::TcpStream> {
        &self.source
    }

    pub(super) fn into_source(self) -> Source<net::TcpStream> {
        self.source
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// Fails if the stream is not connected any more.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// assert_eq!(stream.peer_addr()?, listener.local_addr()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.source.get().peer_addr()
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// assert!(stream.local_addr()?.ip().is_loopback());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.get().local_addr()
    }

    /// Ends the connection in one direction or in both.
    ///
    /// Whoever waits in that direction wakes: a read returns 0, a write fails.
    ///
    /// # Errors
    ///
    /// Fails if the stream is not connected any more.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Read;
    /// use eventlet::green::net::{Shutdown, TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let mut client = TcpStream::connect(listener.local_addr()?)?;
    /// let (server, _peer) = listener.accept()?;
    /// server.shutdown(Shutdown::Write)?;
    /// assert_eq!(client.read(&mut [0; 10])?, 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.source.get().shutdown(how)
    }

    /// Closes the stream and all its clones, whatever still holds them; std has no such method.
    ///
    /// From now on every read and write fails, and those that wait, in any green thread or OS
    /// thread, fail at once. What was written before is still sent. The descriptor is given back
    /// when the last handle is dropped.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Read;
    /// use std::rc::Rc;
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = Rc::new(TcpStream::connect(listener.local_addr()?)?);
    /// let reader = {
    ///     let stream = stream.clone();
    ///     eventlet::spawn(move || (&*stream).read(&mut [0; 10]).is_err())
    /// };
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// stream.close();
    /// assert!(reader.wait().unwrap());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn close(&self) {
        self.source.close();
    }

    /// Makes another handle of the same connection.
    ///
    /// The clones share all settings, and [`close`](TcpStream::close) closes them all.
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
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let mut writer = TcpStream::connect(listener.local_addr()?)?;
    /// let mut reader = writer.try_clone()?;
    /// let (mut server, _peer) = listener.accept()?;
    ///
    /// let answer = eventlet::spawn(move || {
    ///     let mut answer = [0; 6];
    ///     reader.read_exact(&mut answer).map(|()| answer)
    /// });
    /// writer.write_all(b"question")?;
    /// server.write_all(b"answer")?;
    /// assert_eq!(&answer.wait().unwrap()?, b"answer");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_clone(&self) -> io::Result<TcpStream> {
        let stream = self.source.get().try_clone()?;
        Ok(TcpStream::new(self.source.duplicate(stream)))
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
        if buf.is_empty() {
            return self.source.transfer(Direction::Read, 0, |stream| stream.peek(buf));
        }
        // Not a transfer: however little this sees, it is still there to be read.
        let seen = self.source.wait_for(Direction::Read, |stream| stream.peek(buf))?;
        if seen == 0 {
            self.source.check_open()?;
        }
        Ok(seen)
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.get().fmt(f)
    }
}
