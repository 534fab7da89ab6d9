//! The short way to a connection, a listener, and a server.

pub(crate) mod accept;
mod listen;
mod outcome;
pub(crate) mod serve;
#[cfg(feature = "ssl")]
mod wrap_ssl;

use std::io;

pub use listen::{Listen, listen};
pub use outcome::{Outcome, StopServe};
pub use serve::{Serve, ServeHubs, serve, serve_with};
#[cfg(feature = "ssl")]
pub use wrap_ssl::{SslOptions, wrap_ssl};

use crate::green::net::{TcpStream, ToSocketAddrs};

/// Opens a TCP connection.
///
/// The same as [`TcpStream::connect`]: names are resolved on the native thread pool, and every
/// address is tried. Put [`with_timeout`](crate::with_timeout) round it for a limit on the whole.
///
/// # Errors
///
/// Fails if no address can be connected to, with the error of the last one.
///
/// # Switching
///
/// Switches until the connection stands; fails instead while the caller unwinds.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// eventlet::spawn_n(move || {
///     let (mut peer, _) = listener.accept().unwrap();
///     peer.write_all(b"hello").unwrap();
/// });
/// let mut text = String::new();
/// eventlet::connect(address)?.read_to_string(&mut text)?;
/// assert_eq!(text, "hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn connect(addr: impl ToSocketAddrs) -> io::Result<TcpStream> {
    TcpStream::connect(addr)
}

#[cfg(test)]
mod tests;
