//! Unix sockets for green threads, with the names of [`std::os::unix::net`].
//!
//! [`UnixStream`], [`UnixListener`] and [`UnixDatagram`] have the methods, traits, errors and
//! defaults of std's types of the same names; where those block their OS thread, these let other
//! green threads run. All that [`green::net`](crate::green::net) says of its sockets holds here,
//! too: they are `Send` and `Sync`, work across hubs, and have a method `close` beyond std.
//! [`SocketAddr`] is std's own.
//!
//! In one thing they differ from std's: who already waits for room in a stream notices only within
//! half a second that the peer has shut down reading, of which Linux's poller says nothing. If the
//! peer is dropped, or the stream itself is shut down, he is woken at once.
//!
//! Passing descriptors is not stable in std. Crates that can do it take the descriptor of a green
//! socket ([`AsFd`](std::os::fd::AsFd)) after [`trampoline`](crate::hubs::trampoline) has said
//! that it is ready.
//!
//! # Examples
//!
//! ```
//! use std::io::{self, Read, Write};
//! use eventlet::green::os::unix::net::UnixStream;
//!
//! let (mut left, mut right) = UnixStream::pair()?;
//! let echo = eventlet::spawn(move || {
//!     let mut text = [0; 5];
//!     right.read_exact(&mut text)?;
//!     right.write_all(&text)
//! });
//! left.write_all(b"hello")?;
//! assert_eq!(io::read_to_string(left)?, "hello");
//! echo.wait().unwrap()?;
//! # Ok::<(), io::Error>(())
//! ```

mod datagram;
mod incoming;
mod listener;
mod stream;

pub use datagram::UnixDatagram;
pub use incoming::Incoming;
pub use listener::UnixListener;
pub use stream::UnixStream;

pub use std::os::unix::net::SocketAddr;
