//! A Unix socket for messages.

mod transfer;

use std::io;
use std::os::unix::net;
use std::path::Path;

use super::SocketAddr;
use crate::green::socket::{conversions, every_socket, peer_and_timeouts, shutdown};
use crate::greenio::Source;

/// A Unix socket for messages; std's [`UnixDatagram`](net::UnixDatagram), green.
///
/// Messages are neither lost nor mixed up: who sends to a receiver that is slow waits. Several
/// green threads, of any hubs, may receive from one socket and its clones: each message goes to
/// one of them.
///
/// # Examples
///
/// ```
/// use eventlet::green::os::unix::net::UnixDatagram;
///
/// let (left, right) = UnixDatagram::pair()?;
/// let echo = eventlet::spawn(move || {
///     let mut message = [0; 100];
///     let length = right.recv(&mut message)?;
///     right.send(&message[..length])
/// });
/// left.send(b"hello")?;
/// let mut answer = [0; 100];
/// let length = left.recv(&mut answer)?;
/// assert_eq!(&answer[..length], b"hello");
/// echo.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixDatagram {
    source: Source<net::UnixDatagram>,
}

impl UnixDatagram {
    fn new(socket: net::UnixDatagram) -> io::Result<Self> {
        Ok(UnixDatagram { source: Source::of_blocking(socket)? })
    }

    /// Opens a socket at a path, where it makes a file.
    ///
    /// # Errors
    ///
    /// Fails with [`AddrInUse`](io::ErrorKind::AddrInUse) if there is a file, with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if the path is too long for an address or has
    /// a zero byte in it, and as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-at-{}", std::process::id()));
    /// let socket = UnixDatagram::bind(&path)?;
    /// assert_eq!(socket.local_addr()?.as_pathname(), Some(&*path));
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixDatagram> {
        Self::new(net::UnixDatagram::bind(path)?)
    }

    /// Opens a socket at an address, which may be an abstract name.
    ///
    /// # Errors
    ///
    /// Fails as [`bind`](Self::bind) does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use eventlet::green::os::linux::net::SocketAddrExt;
    /// use eventlet::green::os::unix::net::{SocketAddr, UnixDatagram};
    ///
    /// let name = format!("eventlet-doc-at-{}", std::process::id());
    /// let address = SocketAddr::from_abstract_name(&name)?;
    /// let socket = UnixDatagram::bind_addr(&address)?;
    /// assert_eq!(socket.local_addr()?.as_abstract_name(), Some(name.as_bytes()));
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<UnixDatagram> {
        Self::new(net::UnixDatagram::bind_addr(socket_addr)?)
    }

    /// Opens a socket without an address: it can send, and receives from its peer alone.
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
    /// let socket = eventlet::green::os::unix::net::UnixDatagram::unbound()?;
    /// assert!(socket.local_addr()?.is_unnamed());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn unbound() -> io::Result<UnixDatagram> {
        Self::new(net::UnixDatagram::unbound()?)
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
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let (left, right) = UnixDatagram::pair()?;
    /// left.send(b"news")?;
    /// assert_eq!(right.recv(&mut [0; 100])?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let (left, right) = net::UnixDatagram::pair()?;
        Ok((Self::new(left)?, Self::new(right)?))
    }

    /// Makes the socket at a path the peer: [`send`](Self::send) sends to it, and messages of
    /// others are refused.
    ///
    /// # Errors
    ///
    /// Fails with [`ConnectionRefused`](io::ErrorKind::ConnectionRefused) if no socket is open
    /// there, with [`NotFound`](io::ErrorKind::NotFound) if there is no such file, with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if the path is too long for an address or has
    /// a zero byte in it, and as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-peer-{}", std::process::id()));
    /// let (server, client) = (UnixDatagram::bind(&path)?, UnixDatagram::unbound()?);
    /// client.connect(&path)?;
    /// client.send(b"news")?;
    /// assert_eq!(server.recv(&mut [0; 100])?, 4);
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.source.get().connect(path)
    }

    /// Makes the socket at an address the peer; otherwise like [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// Fails as [`connect`](Self::connect) does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-other-{}", std::process::id()));
    /// let (server, client) = (UnixDatagram::bind(&path)?, UnixDatagram::unbound()?);
    /// client.connect_addr(&server.local_addr()?)?;
    /// assert_eq!(client.peer_addr()?.as_pathname(), Some(&*path));
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect_addr(&self, socket_addr: &SocketAddr) -> io::Result<()> {
        self.source.get().connect_addr(socket_addr)
    }
}

macro_rules! shared {
    ($example:literal) => {
        every_socket!(UnixDatagram, SocketAddr, $example);
        peer_and_timeouts!(UnixDatagram, SocketAddr, timeout, $example);
        shutdown!(UnixDatagram, $example);
    };
}

shared! {
    "use eventlet::green::os::unix::net::UnixDatagram;\n\
     let (socket, _peer) = UnixDatagram::pair()?;"
}

conversions!(UnixDatagram, net::UnixDatagram);
