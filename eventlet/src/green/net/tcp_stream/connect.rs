//! Connecting.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::super::ToSocketAddrs;
use super::super::addr::try_each;
use super::TcpStream;
use crate::greenio::{Direction, Source, begin_connect};
use crate::hub::{self, Hub, Time};

impl TcpStream {
    /// Connects to an address.
    ///
    /// If there are several addresses, they are tried in turn until one answers.
    ///
    /// # Errors
    ///
    /// Fails with the error of the last address that was tried, and if there is none.
    ///
    /// # Switching
    ///
    /// Switches until the peer has answered, and if a name has to be looked up. While the caller
    /// unwinds it fails instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// assert!(TcpStream::connect(address).is_ok());
    ///
    /// drop(listener);
    /// let refused = TcpStream::connect(address).unwrap_err();
    /// assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect<A: ToSocketAddrs>(addr: A) -> io::Result<TcpStream> {
        try_each(addr, |address| connect_until(address, || Time::NEVER))
    }

    /// Connects to one address, and gives up after `timeout`.
    ///
    /// # Errors
    ///
    /// Fails with [`TimedOut`](io::ErrorKind::TimedOut) if there was no answer in time, and with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if `timeout` is zero.
    ///
    /// # Switching
    ///
    /// Switches until the peer has answered. While the caller unwinds it fails instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::green::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// assert!(TcpStream::connect_timeout(&address, Duration::from_secs(5)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect_timeout(addr: &SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        if timeout.is_zero() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "cannot set a 0 duration timeout",
            ));
        }
        connect_until(addr, || hub::with(Hub::now).after(timeout))
    }
}

/// Connects to one address. The clock is read only if there is something to wait for.
fn connect_until(address: &SocketAddr, deadline: impl FnOnce() -> Time) -> io::Result<TcpStream> {
    let (stream, is_connected) = begin_connect(address)?;
    let source = Source::of_nonblocking(stream);
    if !is_connected {
        if !source.wait_ready(Direction::Write, deadline())? {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "connection timed out"));
        }
        if let Some(error) = source.get().take_error()? {
            return Err(error);
        }
    }
    Ok(TcpStream::new(source))
}
