//! TCP for green threads, with the names of [`std::net`].
//!
//! [`TcpStream`] and [`TcpListener`] have the methods, traits, errors and defaults of std's types
//! of the same names; where those block their OS thread, these let other green threads run. They
//! are `Send` and `Sync`, and one socket may be used from the hubs of several OS threads at once.
//!
//! Beyond std, both have a method `close`, which ends every wait on the socket at once, wherever
//! it is. Everything in `std::net` that never waits is here as it is.
//!
//! # Descriptors
//!
//! The descriptor under a green socket is always non-blocking; whether the socket *looks* blocking
//! is kept beside it. The mode belongs to the socket and not to the descriptor, so a duplicate
//! that was made behind the library's back is non-blocking as well. A socket that is converted
//! into one of std is set back to blocking, unless the user had made it non-blocking, or a clone
//! of it is still green.
//!
//! # Examples
//!
//! ```
//! use std::io::{self, Read, Write};
//! use eventlet::green::net::{TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let server = eventlet::spawn(move || {
//!     let (mut stream, _peer) = listener.accept()?;
//!     stream.write_all(b"hello")
//! });
//!
//! let mut text = String::new();
//! TcpStream::connect(address)?.read_to_string(&mut text)?;
//! assert_eq!(text, "hello");
//! server.wait().unwrap()?;
//! # Ok::<(), io::Error>(())
//! ```

mod addr;
mod incoming;
mod tcp_listener;
mod tcp_stream;
mod udp_socket;

pub use addr::ToSocketAddrs;
pub use incoming::{Incoming, IntoIncoming};
pub use tcp_listener::TcpListener;
pub use tcp_stream::TcpStream;
pub use udp_socket::UdpSocket;

pub use std::net::{
    AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV4, SocketAddrV6,
};
