//! The connection that requests come by, whatever it is made of.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, IoSlice, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::os::unix;
use std::rc::Rc;
use std::time::Duration;

use super::parting::Parting;
use crate::green::net::TcpStream;
use crate::green::os::unix::net::UnixStream;
#[cfg(feature = "ssl")]
use crate::green::ssl::{Acceptor, TlsStream};
#[cfg(feature = "ssl")]
use crate::hub::{self, Hub};
use crate::hub::{Direction, Time};

/// A client's connection: TCP or a Unix socket, with or without TLS.
///
/// A handler gets it when it takes over the connection, by [`Request::upgrade`](super::Request::upgrade).
/// What the client has sent already is read first. As with green sockets, one green thread may read
/// while another one writes, through references.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::http::{self, Request, Stream};
///
/// fn echo(request: &mut Request) -> http::Response {
///     let response = http::Response::new(101).with_header("upgrade", "echo");
///     request.upgrade(response, |mut stream: Stream| {
///         let mut word = [0; 5];
///         stream.read_exact(&mut word).unwrap();
///         stream.write_all(&word).unwrap();
///     })
/// }
/// # let listener = eventlet::listen("127.0.0.1:0")?;
/// # let mut client = eventlet::connect(listener.local_addr()?)?;
/// # let server = http::Server::new(echo).start(listener)?;
/// # client.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello")?;
/// # let mut answer = String::new();
/// # client.read_to_string(&mut answer)?;
/// # assert!(answer.starts_with("HTTP/1.1 101 ") && answer.ends_with("\r\n\r\nhello"), "{answer}");
/// # server.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Stream {
    transport: Transport,
    /// What has been read of the connection and is still to be read from this.
    ahead: RefCell<Vec<u8>>,
    /// How whoever has taken it over hears that the server stops.
    parting: Option<Rc<Parting>>,
}

enum Transport {
    Tcp(TcpStream),
    Unix(UnixStream),
    #[cfg(feature = "ssl")]
    Tls(Box<TlsStream<Box<dyn Socket>>>),
}

/// The same expression for any transport.
macro_rules! each {
    ($transport:expr, $stream:ident => $body:expr) => {
        match $transport {
            Transport::Tcp($stream) => $body,
            Transport::Unix($stream) => $body,
            #[cfg(feature = "ssl")]
            Transport::Tls(stream) => {
                let $stream = &**stream;
                $body
            }
        }
    };
}

impl Stream {
    fn new(transport: Transport) -> Self {
        Stream { transport, ahead: RefCell::default(), parting: None }
    }

    /// Has `hook` called when the server is to [stop](super::Running::stop), or now if it is already.
    /// Whoever has taken over the connection is then to end it soon; the server waits for that. Hooks
    /// of a connection are called one after the other, in the order in which they were given, in a green
    /// thread of their own. They are forgotten when the function that has taken it over returns.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Read;
    /// use std::{net::Shutdown, rc::Rc};
    /// use eventlet::http::{Request, Response, Server, Stream};
    ///
    /// fn app(request: &mut Request) -> Response {
    ///     request.upgrade(Response::new(101).with_header("upgrade", "nothing"), |stream: Stream| {
    ///         let stream = Rc::new(stream);
    ///         let theirs = stream.clone();
    ///         stream.on_stop(move || drop(theirs.shutdown(Shutdown::Both)));
    ///         // Until the client has had enough, or the server stops.
    ///         while (&*stream).read(&mut [0; 100]).is_ok_and(|n| n > 0) {}
    ///     })
    /// }
    /// # use std::io::Write;
    /// # let listener = eventlet::listen("127.0.0.1:0")?;
    /// # let mut client = eventlet::connect(listener.local_addr()?)?;
    /// # let server = Server::new(app).start(listener)?;
    /// # client.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: nothing\r\n\r\n")?;
    /// # client.read(&mut [0; 10])?;
    /// # server.stop();
    /// # std::io::read_to_string(client)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn on_stop(&self, hook: impl FnOnce() + 'static) {
        if let Some(parting) = &self.parting {
            parting.on(hook);
        }
    }

    /// The client's address; none for a Unix socket.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Stream;
    ///
    /// # let listener = eventlet::listen("127.0.0.1:0")?;
    /// let stream: Stream = eventlet::connect(listener.local_addr()?)?.into();
    /// assert!(stream.peer_addr().is_some());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        match &self.transport {
            Transport::Tcp(stream) => stream.peer_addr().ok(),
            Transport::Unix(_) => None,
            #[cfg(feature = "ssl")]
            Transport::Tls(stream) => stream.get_ref().peer(),
        }
    }

    /// Whether what goes over it is encrypted.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Stream;
    ///
    /// # let listener = eventlet::listen("127.0.0.1:0")?;
    /// let stream: Stream = eventlet::connect(listener.local_addr()?)?.into();
    /// assert!(!stream.is_tls());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_tls(&self) -> bool {
        !matches!(self.transport, Transport::Tcp(_) | Transport::Unix(_))
    }

    /// The same with TLS over it, which begins when it is first used.
    #[cfg(feature = "ssl")]
    pub(super) fn secured(self, acceptor: &Acceptor) -> Self {
        let socket: Box<dyn Socket> = match self.transport {
            Transport::Tcp(stream) => Box::new(stream),
            Transport::Unix(stream) => Box::new(stream),
            Transport::Tls(_) => return self,
        };
        Stream::new(Transport::Tls(Box::new(acceptor.accept(socket))))
    }

    /// Sets how long one read may wait; `None` is without limit.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the time is zero.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Stream;
    ///
    /// # let listener = eventlet::listen("127.0.0.1:0")?;
    /// let stream: Stream = eventlet::connect(listener.local_addr()?)?.into();
    /// stream.set_read_timeout(Some(std::time::Duration::from_secs(5)))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_read_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        each!(&self.transport, stream => stream.set_read_timeout(limit))
    }

    /// Sets how long one write may wait; `None` is without limit.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the time is zero.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Stream;
    ///
    /// # let listener = eventlet::listen("127.0.0.1:0")?;
    /// let stream: Stream = eventlet::connect(listener.local_addr()?)?.into();
    /// stream.set_write_timeout(Some(std::time::Duration::from_secs(5)))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_write_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        each!(&self.transport, stream => stream.set_write_timeout(limit))
    }

    /// Ends one direction of the connection, or both.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches on plain connections; with TLS, until the client has been told.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Stream;
    ///
    /// # let listener = eventlet::listen("127.0.0.1:0")?;
    /// let stream: Stream = eventlet::connect(listener.local_addr()?)?.into();
    /// stream.shutdown(std::net::Shutdown::Write)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        match &self.transport {
            Transport::Tcp(stream) => stream.shutdown(how),
            Transport::Unix(stream) => stream.shutdown(how),
            #[cfg(feature = "ssl")]
            Transport::Tls(stream) => {
                let told = if how == Shutdown::Read { Ok(()) } else { stream.shutdown() };
                stream.get_ref().end(how).and(told)
            }
        }
    }

    /// The same without waiting: a client that takes nothing is not told.
    #[cfg(feature = "websocket")]
    pub(crate) fn cut(&self, how: Shutdown) -> io::Result<()> {
        #[cfg(feature = "ssl")]
        if let Transport::Tls(stream) = &self.transport {
            let _ = crate::with_timeout(Duration::ZERO, || stream.shutdown());
            return stream.get_ref().end(how);
        }
        self.shutdown(how)
    }

    /// Sends small pieces at once instead of collecting them, where the system would.
    pub(crate) fn set_nodelay(&self) {
        // A connection that has ended says so when it is used.
        let _ = match &self.transport {
            Transport::Tcp(stream) => stream.set_nodelay(true),
            Transport::Unix(_) => Ok(()),
            #[cfg(feature = "ssl")]
            Transport::Tls(stream) => stream.get_ref().send_at_once(),
        };
    }

    /// Puts back what has been read too much.
    pub(super) fn with_ahead(self, ahead: &[u8]) -> Self {
        Stream { ahead: RefCell::new(ahead.to_vec()), ..self }
    }

    /// Lets whoever takes it over hear that the server stops.
    pub(super) fn with_parting(self, parting: Rc<Parting>) -> Self {
        Stream { parting: Some(parting), ..self }
    }

    /// Reads up to `wanted` bytes by `read`, which is called when something may have come: it need not
    /// have a buffer before. With TLS it is called at once, and waits.
    ///
    /// The socket's timeout does not count, and with TLS is another one after that.
    pub(super) fn read_until(
        &self,
        wanted: usize,
        deadline: Time,
        mut read: impl FnMut(&mut dyn Read) -> io::Result<usize>,
    ) -> io::Result<usize> {
        debug_assert!(self.ahead.borrow().is_empty(), "it is the server's, who puts nothing back");
        match &self.transport {
            Transport::Tcp(stream) => {
                let read = |mut socket: &_| read(&mut socket);
                stream.source().transfer_until(Direction::Read, wanted, || deadline, read)
            }
            Transport::Unix(stream) => {
                let read = |mut socket: &_| read(&mut socket);
                stream.source().transfer_until(Direction::Read, wanted, || deadline, read)
            }
            #[cfg(feature = "ssl")]
            Transport::Tls(stream) => {
                stream.set_read_timeout(time_left(deadline))?;
                read(&mut &*self)
            }
        }
    }

    /// Writes once. The deadline is asked for only if the client does not take it at once, and as with
    /// reading there is no other.
    pub(super) fn write_until(&self, bytes: &[u8], by: impl Fn() -> Time) -> io::Result<usize> {
        match &self.transport {
            Transport::Tcp(stream) => {
                let write = |mut socket: &net::TcpStream| socket.write(bytes);
                stream.source().transfer_until(Direction::Write, bytes.len(), by, write)
            }
            Transport::Unix(stream) => {
                let write = |mut socket: &unix::net::UnixStream| socket.write(bytes);
                stream.source().transfer_until(Direction::Write, bytes.len(), by, write)
            }
            #[cfg(feature = "ssl")]
            Transport::Tls(stream) => {
                stream.set_write_timeout(time_left(by()))?;
                Write::write(&mut &**stream, bytes)
            }
        }
    }

    /// Takes from what was put back; none if there is nothing.
    fn read_ahead(&self, buf: &mut [u8]) -> Option<usize> {
        let mut ahead = self.ahead.borrow_mut();
        if ahead.is_empty() {
            return None;
        }
        let n = ahead.len().min(buf.len());
        buf[..n].copy_from_slice(&ahead[..n]);
        ahead.drain(..n);
        if ahead.is_empty() {
            // It is put back only once, and the connection may last.
            ahead.shrink_to_fit();
        }
        Some(n)
    }
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Stream::new(Transport::Tcp(stream))
    }
}

impl From<UnixStream> for Stream {
    fn from(stream: UnixStream) -> Self {
        Stream::new(Transport::Unix(stream))
    }
}

impl Read for Stream {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut &*self, buf)
    }
}

impl Read for &Stream {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(n) = self.read_ahead(buf) {
            return Ok(n);
        }
        each!(&self.transport, stream => Read::read(&mut &*stream, buf))
    }
}

impl Write for Stream {
    #[inline]
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Write::write(&mut &*self, buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        Write::write_vectored(&mut &*self, bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut &*self)
    }
}

impl Write for &Stream {
    #[inline]
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        each!(&self.transport, stream => Write::write(&mut &*stream, buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        each!(&self.transport, stream => Write::write_vectored(&mut &*stream, bufs))
    }

    fn flush(&mut self) -> io::Result<()> {
        each!(&self.transport, stream => Write::flush(&mut &*stream))
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.transport {
            Transport::Tcp(stream) => stream.fmt(f),
            Transport::Unix(stream) => stream.fmt(f),
            #[cfg(feature = "ssl")]
            Transport::Tls(_) => f.debug_struct("TlsStream").finish_non_exhaustive(),
        }
    }
}

/// A timeout that ends then. None at all is without limit to a socket.
#[cfg(feature = "ssl")]
fn time_left(deadline: Time) -> Option<Duration> {
    let left = || deadline.since(hub::with(Hub::now)).max(Duration::from_micros(1));
    (deadline < Time::NEVER).then(left)
}

/// What TLS goes over.
#[cfg(feature = "ssl")]
trait Socket: crate::green::ssl::Transport {
    fn peer(&self) -> Option<SocketAddr>;
    fn end(&self, how: Shutdown) -> io::Result<()>;
    fn send_at_once(&self) -> io::Result<()>;
}

#[cfg(feature = "ssl")]
impl Socket for TcpStream {
    fn peer(&self) -> Option<SocketAddr> {
        self.peer_addr().ok()
    }

    fn end(&self, how: Shutdown) -> io::Result<()> {
        self.shutdown(how)
    }

    fn send_at_once(&self) -> io::Result<()> {
        self.set_nodelay(true)
    }
}

#[cfg(feature = "ssl")]
impl Socket for UnixStream {
    fn peer(&self) -> Option<SocketAddr> {
        None
    }

    fn end(&self, how: Shutdown) -> io::Result<()> {
        self.shutdown(how)
    }

    fn send_at_once(&self) -> io::Result<()> {
        Ok(())
    }
}
