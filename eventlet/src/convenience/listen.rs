//! Listeners.

use std::io;
use std::net::SocketAddr;

use crate::green::net::{TcpListener, ToSocketAddrs};
use crate::greenio::{ListenOptions, Source, listen_at};

/// Connections that may wait to be accepted; Eventlet's number.
const BACKLOG: u32 = 50;

/// Opens a TCP listener with a backlog of 50 connections, reusing the address.
///
/// Reusing the address lets a server start again while connections of its predecessor are being
/// wound up. The port is not shared with other processes; see [`Listen::reuse_port`].
///
/// # Errors
///
/// Fails if no address can be listened at, with the error of the last one.
///
/// # Switching
///
/// Never switches, unless a name has to be resolved.
///
/// # Examples
///
/// ```
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// assert_ne!(listener.local_addr()?.port(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn listen(addr: impl ToSocketAddrs) -> io::Result<TcpListener> {
    Listen::new(addr).bind()
}

/// A TCP listener in the making.
///
/// # Examples
///
/// ```
/// let first = eventlet::Listen::new("127.0.0.1:0").reuse_port(true).bind()?;
/// let second = eventlet::Listen::new(first.local_addr()?).reuse_port(true).backlog(500).bind()?;
/// assert_eq!(first.local_addr()?, second.local_addr()?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is opened until `bind`"]
pub struct Listen {
    /// Resolved at once, so that the builder has no type parameter.
    addresses: io::Result<Vec<SocketAddr>>,
    options: ListenOptions,
}

impl Listen {
    /// A listener at `addr`, with [`listen`]'s settings.
    ///
    /// # Switching
    ///
    /// Never switches, unless a name has to be resolved.
    ///
    /// # Examples
    ///
    /// ```
    /// let listener = eventlet::Listen::new(("127.0.0.1", 0)).bind()?;
    /// assert!(listener.local_addr()?.ip().is_loopback());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(addr: impl ToSocketAddrs) -> Self {
        let options =
            ListenOptions { backlog: BACKLOG, reuse_addr: true, reuse_port: false, only_v6: false };
        Listen { addresses: addr.to_socket_addrs().map(Iterator::collect), options }
    }

    /// Sets how many connections may wait to be accepted; 50 by default.
    ///
    /// The system has an upper limit of its own (`net.core.somaxconn` on Linux).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let listener = eventlet::Listen::new("127.0.0.1:0").backlog(1000).bind()?;
    /// assert!(eventlet::connect(listener.local_addr()?).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn backlog(mut self, connections: u32) -> Self {
        self.options.backlog = connections;
        self
    }

    /// Sets whether an address may be used while connections of an earlier listener are being
    /// wound up; on by default.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use eventlet::Listen;
    ///
    /// let running = Listen::new("127.0.0.1:0").reuse_addr(false).bind()?;
    /// let taken = Listen::new(running.local_addr()?).reuse_addr(false).bind();
    /// assert_eq!(taken.unwrap_err().kind(), ErrorKind::AddrInUse);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reuse_addr(mut self, reuse: bool) -> Self {
        self.options.reuse_addr = reuse;
        self
    }

    /// Sets whether several listeners of the same user may share the port; off by default.
    ///
    /// On Linux the connections are then spread over them.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::Listen;
    ///
    /// let first = Listen::new("127.0.0.1:0").reuse_port(true).bind()?;
    /// assert!(Listen::new(first.local_addr()?).bind().is_err());
    /// assert!(Listen::new(first.local_addr()?).reuse_port(true).bind().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reuse_port(mut self, reuse: bool) -> Self {
        self.options.reuse_port = reuse;
        self
    }

    /// Opens the listener.
    ///
    /// # Errors
    ///
    /// Fails if no address can be listened at, with the error of the last one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let listener = eventlet::Listen::new("127.0.0.1:0").bind()?;
    /// assert!(eventlet::Listen::new(listener.local_addr()?).bind().is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind(self) -> io::Result<TcpListener> {
        let mut last = None;
        for address in self.addresses? {
            match listen_at(&address, self.options) {
                Ok(listener) => {
                    return Ok(TcpListener::new(Source::of_nonblocking(listener)));
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "could not resolve to any addresses")
        }))
    }
}
