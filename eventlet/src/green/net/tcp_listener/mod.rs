//! A TCP socket that others connect to.

mod only_v6;

use std::io;
use std::net::{self, SocketAddr};

use super::addr::try_each;
use super::{Incoming, IntoIncoming, TcpStream, ToSocketAddrs};
use crate::green::socket::{conversions, every_socket, ttl};
use crate::greenio::{self, Direction, Source};

/// A TCP socket that others connect to; std's [`TcpListener`](net::TcpListener), green.
///
/// Several green threads, of any hubs, may accept from one listener.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use eventlet::green::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// eventlet::spawn(move || {
///     for stream in listener.incoming() {
///         let mut stream = stream.unwrap();
///         eventlet::spawn(move || stream.write_all(b"welcome"));
///     }
/// });
/// let welcome = std::io::read_to_string(TcpStream::connect(address)?)?;
/// assert_eq!(welcome, "welcome");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpListener {
    source: Source<net::TcpListener>,
}

impl TcpListener {
    /// Takes over a non-blocking listener.
    pub(crate) fn new(source: Source<net::TcpListener>) -> Self {
        TcpListener { source }
    }

    pub(crate) fn source(&self) -> &Source<net::TcpListener> {
        &self.source
    }

    /// Listens at an address; port 0 lets the system choose one.
    ///
    /// The socket has `SO_REUSEADDR` and a backlog of 128, as std's. If there are several
    /// addresses, it is the first that can be listened at.
    ///
    /// # Errors
    ///
    /// Fails with the error of the last address that was tried, and if there is none.
    ///
    /// # Switching
    ///
    /// Switches if a name has to be looked up.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::TcpListener;
    ///
    /// let first = TcpListener::bind("127.0.0.1:0")?;
    /// let second = TcpListener::bind(first.local_addr()?);
    /// assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<TcpListener> {
        try_each(addr, |address| {
            Ok(TcpListener::new(Source::of_blocking(net::TcpListener::bind(address)?)?))
        })
    }

    /// Waits for a connection, and returns it with the address of the peer.
    ///
    /// # Errors
    ///
    /// Fails as the system does: the connection may be gone by now, or the process may have no
    /// descriptor left. The listener can still be used then. It also fails if the listener is
    /// closed, and with [`WouldBlock`](io::ErrorKind::WouldBlock) if it is non-blocking and there
    /// is no connection.
    ///
    /// # Switching
    ///
    /// Switches if there is no connection to be had, where it fails while the caller unwinds, and
    /// every so often if there always is one, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let client = TcpStream::connect(listener.local_addr()?)?;
    /// let (stream, peer) = listener.accept()?;
    /// assert_eq!(peer, client.local_addr()?);
    /// assert_eq!(stream.local_addr()?, client.peer_addr()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[inline]
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = self.source.wait_for(Direction::Read, greenio::accept)?;
        Ok((TcpStream::new(Source::of_nonblocking(stream)), peer))
    }

    /// Accepts a connection for which `room` gives room. It is asked again whenever a connection may
    /// be there; if it has none, nobody is accepted.
    #[cfg(feature = "http")]
    pub(crate) fn accept_into<R>(
        &self,
        mut room: impl FnMut() -> Option<R>,
    ) -> io::Result<Option<(TcpStream, R)>> {
        self.source.wait_for(Direction::Read, |listener| {
            let Some(room) = room() else { return Ok(None) };
            let (stream, _) = greenio::accept(listener)?;
            Ok(Some((TcpStream::new(Source::of_nonblocking(stream)), room)))
        })
    }

    /// Accepts a connection that waits already.
    #[cfg(feature = "http")]
    pub(crate) fn accept_at_once(&self) -> io::Result<TcpStream> {
        let (stream, _) = self.source.at_once(greenio::accept)?;
        Ok(TcpStream::new(Source::of_nonblocking(stream)))
    }

    /// Accepts one connection after another.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does as [`accept`](TcpListener::accept) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let clients = eventlet::spawn(move || (0..3).all(|_| TcpStream::connect(address).is_ok()));
    /// assert_eq!(listener.incoming().take(3).count(), 3);
    /// assert!(clients.wait().unwrap());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming::new(self)
    }

    /// Accepts one connection after another, and owns the listener. It is not stable in std.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does as [`accept`](TcpListener::accept) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let client = TcpStream::connect(listener.local_addr()?)?;
    /// let stream = listener.into_incoming().next().unwrap()?;
    /// assert_eq!(stream.peer_addr()?, client.local_addr()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn into_incoming(self) -> IntoIncoming {
        IntoIncoming::new(self)
    }
}

macro_rules! shared {
    ($example:literal) => {
        every_socket!(TcpListener, SocketAddr, $example);
        ttl!(TcpListener, $example);
    };
}

shared! {
    "use eventlet::green::net::TcpListener;\n\
     let socket = TcpListener::bind(\"127.0.0.1:0\")?;"
}

conversions!(TcpListener, net::TcpListener);
