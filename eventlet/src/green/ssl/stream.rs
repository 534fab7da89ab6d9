//! The encrypted stream.

mod close;
mod facts;
mod read_write;

use std::fmt;
use std::io;
use std::time::Duration;

use super::core::{Core, Stop, would_block};
use super::error::HandshakeError;
use super::session::Start;
use super::{Interest, Transport};
use crate::hub::{self, Hub};
use crate::oslock::Mutex;
use crate::timeout::with_timeout;

/// What a stream is made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) handshake_timeout: Option<Duration>,
    pub(super) allows_ragged_end: bool,
}

/// How long a call may wait.
#[derive(Default)]
struct Timeouts {
    read: Option<Duration>,
    write: Option<Duration>,
}

/// A stream that is encrypted by TLS, over another one.
///
/// [`Connector::connect`](super::Connector::connect) and
/// [`Acceptor::accept`](super::Acceptor::accept) make it. Reading and writing are in the
/// implementations of [`Read`](io::Read) and [`Write`](io::Write), for the stream and for a reference
/// to it. One green thread may read while another one writes, and neither holds the other up.
///
/// # The end
///
/// A read returns 0 when the peer has ended TLS. If it just closes the connection, someone may have
/// cut it, and the read fails with [`UnexpectedEof`](io::ErrorKind::UnexpectedEof), unless
/// `allow_ragged_end` of the builder says that it need not be told.
///
/// Dropping the stream ends TLS and closes the connection; nothing is waited for, so bytes for which
/// there is no room are lost. [`shutdown`](Self::shutdown) ends only this direction and waits. If
/// the stream is dropped by unwinding, because of a panic, a kill or a timeout, TLS is not ended: the
/// peer can tell that it has not got everything.
///
/// # Kills and timeouts
///
/// They leave the stream as it was before the read that they interrupt. A write may have taken bytes by
/// then, which the next call sends; how many is not told, as with any other stream.
///
/// # Examples
///
/// Both directions at once:
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
///
/// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
/// # let key = std::fs::read("../tests/http/localhost.key")?;
/// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
/// # let connector = Connector::builder().ca(&certificate).build()?;
/// let (near, far) = UnixStream::pair()?;
/// let echo = eventlet::spawn(move || {
///     let stream = acceptor.accept(far);
///     std::io::copy(&mut &stream, &mut &stream)?;
///     stream.shutdown()
/// });
///
/// let stream = connector.connect("localhost", near)?;
/// eventlet::scope(|scope| -> std::io::Result<()> {
///     let reader = scope.spawn(|| {
///         let mut bytes = Vec::new();
///         (&stream).read_to_end(&mut bytes).map(|_| bytes)
///     });
///     (&stream).write_all(&[7; 1_000_000])?;
///     stream.shutdown()?;
///     assert_eq!(reader.wait().unwrap()?, [7; 1_000_000]);
///     Ok(())
/// })?;
/// echo.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TlsStream<T: Transport> {
    /// Taken by `unwrap` only, which does not return the stream.
    core: Option<Core<T>>,
    settings: Settings,
    timeouts: Mutex<Timeouts>,
}

impl<T: Transport> TlsStream<T> {
    pub(super) fn new(start: Start, transport: T, settings: Settings) -> Self {
        let core = Core::new(start, transport, settings.allows_ragged_end);
        TlsStream { core: Some(core), settings, timeouts: Mutex::default() }
    }

    fn core(&self) -> &Core<T> {
        self.core.as_ref().expect("it is taken with the stream")
    }

    /// Makes sure that the handshake is over, in which the peers agree on keys and show certificates.
    ///
    /// The first read or write does so, too. A handshake that has failed fails for good.
    ///
    /// # Errors
    ///
    /// Fails with a [`HandshakeError`] in the error, after the time limit of the connector or acceptor
    /// with [`TimedOut`](io::ErrorKind::TimedOut), and as the transport does.
    ///
    /// # Switching
    ///
    /// Switches until the peer has answered, unless it is over; fails instead while the caller
    /// unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
    ///
    /// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
    /// # let key = std::fs::read("../tests/http/localhost.key")?;
    /// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
    /// let (near, far) = UnixStream::pair()?;
    /// // Knows nobody that could have issued the server's certificate.
    /// let connector = Connector::builder().only_given_cas().build()?;
    /// let client = eventlet::spawn(move || connector.connect("localhost", near).map(drop));
    ///
    /// let refused = acceptor.accept(far).handshake().unwrap_err();
    /// assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionAborted);
    /// assert_eq!(client.wait().unwrap().unwrap_err().kind(), std::io::ErrorKind::PermissionDenied);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn handshake(&self) -> io::Result<()> {
        let core = self.core();
        let shake = || core.try_handshake().and_then(|()| core.try_flush());
        let limit = self.settings.handshake_timeout;
        let timed_out = || match limit {
            Some(limit) => {
                let error = HandshakeError::timed_out(limit);
                core.give_up(error.clone());
                error.into()
            }
            None => would_block(),
        };
        self.until(limit, shake, timed_out)
    }

    /// The same, at once if it is over.
    fn be_ready(&self) -> io::Result<()> {
        if self.core().is_ready() { Ok(()) } else { self.handshake() }
    }

    /// Tries until it is done, waiting in between for what it takes, and not longer than `limit`.
    fn until<R>(
        &self,
        limit: Option<Duration>,
        mut attempt: impl FnMut() -> Result<R, Stop>,
        timed_out: impl FnOnce() -> io::Error,
    ) -> io::Result<R> {
        let mut stop = match attempt() {
            Ok(done) => return Ok(done),
            Err(stop) => stop,
        };
        let wait = || loop {
            self.core().wait_out(stop)?;
            stop = match attempt() {
                Ok(done) => return Ok(done),
                Err(stop) => stop,
            };
        };
        match limit {
            None => wait(),
            Some(limit) => with_timeout(limit, wait).unwrap_or_else(|_| Err(timed_out())),
        }
    }

    /// Sets how long a read may wait, the one of an inner stream apart; `None`, which is the default,
    /// for as long as it takes. A read that is out of time fails with
    /// [`WouldBlock`](io::ErrorKind::WouldBlock), as std's streams do.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the timeout is zero.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{ErrorKind, Read};
    /// use std::time::Duration;
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
    ///
    /// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
    /// # let key = std::fs::read("../tests/http/localhost.key")?;
    /// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
    /// # let connector = Connector::builder().ca(&certificate).build()?;
    /// let (near, far) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || {
    ///     let silent = acceptor.accept(far);
    ///     silent.handshake().map(|()| silent)
    /// });
    /// let mut stream = connector.connect("localhost", near)?;
    /// stream.set_read_timeout(Some(Duration::from_millis(10)))?;
    /// assert_eq!(stream.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
    /// # server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.timeouts.lock().read = checked(timeout)?;
        Ok(())
    }

    /// Sets how long a write may wait; see [`set_read_timeout`](Self::set_read_timeout). Bytes that
    /// were taken before count as written, and the next call sends them.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the timeout is zero.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::Connector};
    ///
    /// let stream = Connector::new()?.connect_later("localhost", UnixStream::pair()?.0);
    /// stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    /// assert_eq!(stream.write_timeout(), Some(Duration::from_secs(5)));
    /// assert!(stream.set_write_timeout(Some(Duration::ZERO)).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.timeouts.lock().write = checked(timeout)?;
        Ok(())
    }

    /// How long a read may wait; see [`set_read_timeout`](Self::set_read_timeout).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::Connector};
    ///
    /// let stream = Connector::new()?.connect_later("localhost", UnixStream::pair()?.0);
    /// assert_eq!(stream.read_timeout(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_timeout(&self) -> Option<Duration> {
        self.timeouts.lock().read
    }

    /// How long a write may wait; see [`set_write_timeout`](Self::set_write_timeout).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`set_write_timeout`](Self::set_write_timeout).
    pub fn write_timeout(&self) -> Option<Duration> {
        self.timeouts.lock().write
    }
}

fn checked(timeout: Option<Duration>) -> io::Result<Option<Duration>> {
    if timeout.is_some_and(|timeout| timeout.is_zero()) {
        let text = "cannot set a 0 duration timeout";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Ok(timeout)
}

/// A TLS stream can carry another one.
impl<T: Transport> Transport for TlsStream<T> {
    fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.core().try_read(buf)?)
    }

    fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
        Ok(self.core().try_write(buf)?)
    }

    fn try_flush(&self) -> io::Result<()> {
        Ok(self.core().try_flush()?)
    }

    fn wait(&self, interest: Interest) -> io::Result<()> {
        self.core().wait(interest)
    }
}

impl<T: Transport + fmt::Debug> fmt::Debug for TlsStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let core = self.core();
        f.debug_struct("TlsStream")
            .field("transport", &core.transport)
            .field("is_ready", &core.is_ready())
            .finish_non_exhaustive()
    }
}

/// Gives way every so often, for those streams on which there is always something to do.
fn count_call() {
    hub::with(|hub: &Hub| hub.count_io_call(true));
}
