//! TLS over any stream at all.

use std::io::{self, Read, Write};
use std::sync::PoisonError;

use super::Transport;
use crate::green::sync::Mutex;

/// Makes a [`Transport`] of anything that can be read and written.
///
/// Such a stream cannot be tried without waiting, so its user is alone with it for as long as one call
/// takes: while a green thread waits in a read, nobody writes. That is good enough where requests and
/// answers take turns. Two green threads that read and write a TLS stream over it at once may keep each
/// other waiting for ever; a [`Transport`] of your own can do better.
///
/// A write that is given up in the middle, by a kill or a timeout, leaves it open how much has been
/// written. The TLS stream then refuses to write more.
///
/// # Examples
///
/// ```
/// use std::io::{self, Read, Write};
/// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, ByTurns, Connector}};
///
/// /// Two streams that only go one way each.
/// struct Pair<R, W>(R, W);
///
/// impl<R: Read, W> Read for Pair<R, W> {
///     fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
///         self.0.read(buf)
///     }
/// }
///
/// impl<R, W: Write> Write for Pair<R, W> {
///     fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
///         self.1.write(buf)
///     }
///
///     fn flush(&mut self) -> io::Result<()> {
///         self.1.flush()
///     }
/// }
///
/// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
/// # let key = std::fs::read("../tests/http/localhost.key")?;
/// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
/// # let connector = Connector::builder().ca(&certificate).build()?;
/// let (to_server, from_client) = UnixStream::pair()?;
/// let (to_client, from_server) = UnixStream::pair()?;
/// let server = eventlet::spawn(move || {
///     let pair = Pair(from_client, to_client);
///     acceptor.accept(ByTurns::new(pair)).write_all(b"hello")
/// });
/// let mut client = connector.connect("localhost", ByTurns::new(Pair(from_server, to_server)))?;
/// assert_eq!(io::read_to_string(&mut client)?, "hello");
/// server.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ByTurns<S> {
    stream: Mutex<S>,
}

impl<S: Read + Write> ByTurns<S> {
    /// Makes a transport of a stream.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::ssl::ByTurns;
    ///
    /// let transport = ByTurns::new(std::io::Cursor::new(Vec::new()));
    /// assert!(transport.into_inner().into_inner().is_empty());
    /// ```
    pub fn new(stream: S) -> Self {
        ByTurns { stream: Mutex::new(stream) }
    }

    /// Gives the stream back.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`new`](Self::new).
    pub fn into_inner(self) -> S {
        self.stream.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn<R>(&self, f: impl FnOnce(&mut S) -> R) -> R {
        // The stream answers for itself, however the last turn ended.
        f(&mut self.stream.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Read + Write> Transport for ByTurns<S> {
    fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.turn(|stream| stream.read(buf))
    }

    fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
        self.turn(|stream| stream.write(buf))
    }

    fn try_flush(&self) -> io::Result<()> {
        self.turn(Write::flush)
    }
}
