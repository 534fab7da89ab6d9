//! A UDP socket.

mod multicast;
mod transfer;

use std::io;
use std::net::{self, SocketAddr};

use super::ToSocketAddrs;
use super::addr::try_each;
use crate::green::socket::{conversions, every_socket, peer_and_timeouts, ttl};
use crate::greenio::Source;

/// A UDP socket; std's [`UdpSocket`](net::UdpSocket), green.
///
/// Several green threads, of any hubs, may receive from one socket and its clones: each message
/// goes to one of them, and those of one hub that share a handle take turns. A message that comes
/// while a receiver is killed or times out goes to the next one.
///
/// # Examples
///
/// ```
/// use eventlet::green::net::UdpSocket;
///
/// let server = UdpSocket::bind("127.0.0.1:0")?;
/// let client = UdpSocket::bind("127.0.0.1:0")?;
/// client.connect(server.local_addr()?)?;
///
/// let echo = eventlet::spawn(move || {
///     let mut message = [0; 100];
///     let (length, sender) = server.recv_from(&mut message)?;
///     server.send_to(&message[..length], sender)
/// });
/// client.send(b"hello")?;
/// let mut answer = [0; 100];
/// let length = client.recv(&mut answer)?;
/// assert_eq!(&answer[..length], b"hello");
/// echo.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UdpSocket {
    source: Source<net::UdpSocket>,
}

impl UdpSocket {
    /// Opens a socket at an address; port 0 lets the system choose one.
    ///
    /// If there are several addresses, it is the first that can be had.
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
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let first = UdpSocket::bind("127.0.0.1:0")?;
    /// let second = UdpSocket::bind(first.local_addr()?);
    /// assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<UdpSocket> {
        try_each(addr, |address| {
            Ok(UdpSocket { source: Source::of_blocking(net::UdpSocket::bind(address)?)? })
        })
    }

    /// Makes an address the peer: [`send`](Self::send) sends to it, and messages of others are
    /// not received any more.
    ///
    /// If there are several addresses, it is the first that the system takes; whether anyone
    /// listens there does not matter.
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
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let server = UdpSocket::bind("127.0.0.1:0")?;
    /// let client = UdpSocket::bind("127.0.0.1:0")?;
    /// client.connect(server.local_addr()?)?;
    /// assert_eq!(client.peer_addr()?, server.local_addr()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect<A: ToSocketAddrs>(&self, addr: A) -> io::Result<()> {
        try_each(addr, |address| self.source.get().connect(address))
    }
}

macro_rules! shared {
    ($example:literal) => {
        every_socket!(UdpSocket, SocketAddr, $example);
        peer_and_timeouts!(UdpSocket, SocketAddr, dur, $example);
        ttl!(UdpSocket, $example);
    };
}

shared! {
    "use eventlet::green::net::UdpSocket;\n\
     let socket = UdpSocket::bind(\"127.0.0.1:0\")?;"
}

conversions!(UdpSocket, net::UdpSocket);
