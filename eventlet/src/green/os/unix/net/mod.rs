//! Unix sockets for green threads, with the names of [`std::os::unix::net`].
//!
//! [`UnixStream`], [`UnixListener`] and [`UnixDatagram`] have the methods, traits, errors and
//! defaults of std's types of the same names; where those block their OS thread, these let other
//! green threads run. All that [`green::net`](crate::green::net) says of its sockets holds here,
//! too: they are `Send` and `Sync`, work across hubs, and have a method `close` beyond std.
//! [`SocketAddr`] is std's own.
//!
//! In one thing they differ from std's: who already waits for room to write to is woken by
//! `shutdown` in both directions, by `close` and by the peer's end, but not by `shutdown` for
//! writing alone, of which Linux's poller says nothing.
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
