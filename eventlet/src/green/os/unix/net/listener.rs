//! A Unix socket that others connect to.

use std::io;
use std::os::unix::net;
use std::path::Path;

use super::{Incoming, SocketAddr, UnixStream};
use crate::green::socket::{conversions, every_socket};
use crate::greenio::{Direction, Source};

/// A Unix socket that others connect to; std's [`UnixListener`](net::UnixListener), green.
///
/// Several green threads, of any hubs, may accept from one listener. The file that it makes stays
/// when it is dropped.
///
/// # Examples
///
/// ```
/// use std::io::{self, Write};
/// use eventlet::green::os::unix::net::{UnixListener, UnixStream};
///
/// let path = std::env::temp_dir().join(format!("eventlet-doc-listener-{}", std::process::id()));
/// let listener = UnixListener::bind(&path)?;
/// eventlet::spawn(move || {
///     for stream in &listener {
///         let mut stream = stream.unwrap();
///         eventlet::spawn(move || stream.write_all(b"welcome"));
///     }
/// });
/// assert_eq!(io::read_to_string(UnixStream::connect(&path)?)?, "welcome");
/// std::fs::remove_file(path)?;
/// # Ok::<(), io::Error>(())
/// ```
pub struct UnixListener {
    source: Source<net::UnixListener>,
}

impl UnixListener {
    fn new(listener: net::UnixListener) -> io::Result<Self> {
        Ok(UnixListener { source: Source::of_blocking(listener)? })
    }

    pub(super) fn source(&self) -> &Source<net::UnixListener> {
        &self.source
    }

    /// Listens at a path, where it makes a file.
    ///
    /// # Errors
    ///
    /// Fails with [`AddrInUse`](io::ErrorKind::AddrInUse) if there is a file, even if nobody
    /// listens there any more; with [`InvalidInput`](io::ErrorKind::InvalidInput) if the path is
    /// too long for an address or has a zero byte in it; and as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixListener;
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-bind-{}", std::process::id()));
    /// let listener = UnixListener::bind(&path)?;
    /// let taken = UnixListener::bind(&path).unwrap_err();
    /// assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        Self::new(net::UnixListener::bind(path)?)
    }

    /// Listens at an address, which may be an abstract name.
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
    /// use eventlet::green::os::unix::net::{SocketAddr, UnixListener, UnixStream};
    ///
    /// let name = format!("eventlet-doc-bind-{}", std::process::id());
    /// let address = SocketAddr::from_abstract_name(name)?;
    /// let listener = UnixListener::bind_addr(&address)?;
    /// assert!(UnixStream::connect_addr(&address).is_ok());
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<UnixListener> {
        Self::new(net::UnixListener::bind_addr(socket_addr)?)
    }

    /// Waits for a connection, and returns it with the address of the peer, which mostly has none.
    ///
    /// # Errors
    ///
    /// Fails as the system does: the process may have no descriptor left, and the listener can
    /// still be used then. It also fails if the listener is closed, and with
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) if it is non-blocking and there is no connection.
    ///
    /// # Switching
    ///
    /// Switches if there is no connection to be had, where it fails while the caller unwinds, and
    /// every so often if there always is one, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::{UnixListener, UnixStream};
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-accept-{}", std::process::id()));
    /// let listener = UnixListener::bind(&path)?;
    /// let client = UnixStream::connect(&path)?;
    /// let (stream, peer) = listener.accept()?;
    /// assert!(peer.is_unnamed());
    /// assert_eq!(stream.local_addr()?.as_pathname(), Some(&*path));
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        let (stream, peer) = self.source.wait_for(Direction::Read, net::UnixListener::accept)?;
        Ok((UnixStream::new(stream)?, peer))
    }

    /// Accepts a connection for which `room` gives room. It is asked again whenever a connection may
    /// be there; if it has none, nobody is accepted.
    #[cfg(feature = "http")]
    pub(crate) fn accept_into<R>(
        &self,
        mut room: impl FnMut() -> Option<R>,
    ) -> io::Result<Option<(UnixStream, R)>> {
        self.source.wait_for(Direction::Read, |listener| {
            let Some(room) = room() else { return Ok(None) };
            let (stream, _) = listener.accept()?;
            Ok(Some((UnixStream::new(stream)?, room)))
        })
    }

    /// Accepts a connection that waits already.
    #[cfg(feature = "http")]
    pub(crate) fn accept_at_once(&self) -> io::Result<UnixStream> {
        let (stream, _) = self.source.at_once(net::UnixListener::accept)?;
        UnixStream::new(stream)
    }

    /// Accepts one connection after another.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does as [`accept`](Self::accept) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::{UnixListener, UnixStream};
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-loop-{}", std::process::id()));
    /// let listener = UnixListener::bind(&path)?;
    /// let _client = UnixStream::connect(&path)?;
    /// assert!(listener.incoming().next().is_some_and(|stream| stream.is_ok()));
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming::new(self)
    }
}

impl<'a> IntoIterator for &'a UnixListener {
    type Item = io::Result<UnixStream>;
    type IntoIter = Incoming<'a>;

    fn into_iter(self) -> Incoming<'a> {
        self.incoming()
    }
}

every_socket! {
    UnixListener,
    SocketAddr,
    "use std::{env, fs, process};\n\
     use eventlet::green::os::unix::net::UnixListener;\n\
     let path = env::temp_dir().join(format!(\"eventlet-doc-socket-{}\", process::id()));\n\
     let socket = UnixListener::bind(&path)?;\n\
     fs::remove_file(path)?;"
}

conversions!(UnixListener, net::UnixListener);
