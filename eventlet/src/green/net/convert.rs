//! To and from std's sockets and bare descriptors.

use std::net;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use super::{TcpListener, TcpStream};
use crate::greenio::{Direction, Kind, Source, is_nonblocking};

/// Takes over a socket of std with the mode that it has. A descriptor on which this fails is not a
/// socket, and every use of it will say so.
fn adopt<S: AsFd>(socket: S, kind: Kind, set_nonblocking: impl Fn(&S)) -> Source<S> {
    let nonblocking = is_nonblocking(socket.as_fd()).unwrap_or(false);
    if !nonblocking {
        set_nonblocking(&socket);
    }
    Source::new(socket, kind, nonblocking)
}

/// Whether a socket that stops being green is to block from then on.
fn is_to_block<S: AsFd>(source: &Source<S>) -> bool {
    !source.is_nonblocking() && !source.has_duplicates()
}

impl From<net::TcpStream> for TcpStream {
    /// Takes over a stream of std, with its mode and its timeouts.
    ///
    /// The mode belongs to the socket, not to the descriptor: std's clones of it become
    /// non-blocking with it, and a clone that is converted later is taken for one that was made
    /// non-blocking on purpose. Convert first, and clone the green stream.
    fn from(stream: net::TcpStream) -> Self {
        let read = stream.read_timeout().unwrap_or(None);
        let write = stream.write_timeout().unwrap_or(None);
        let source = adopt(stream, Kind::Stream, |stream| {
            let _ = stream.set_nonblocking(true);
        });
        for (direction, timeout) in [(Direction::Read, read), (Direction::Write, write)] {
            let _ = source.set_timeout(direction, timeout);
        }
        TcpStream::new(source)
    }
}

impl From<TcpStream> for net::TcpStream {
    /// Gives the stream to std, with its mode and its timeouts. It stays non-blocking as long as a
    /// clone of it is green.
    fn from(stream: TcpStream) -> Self {
        let source = stream.into_source();
        let blocks = is_to_block(&source);
        let read = source.timeout(Direction::Read);
        let write = source.timeout(Direction::Write);
        let stream = source.into_inner();
        // What fails here fails again, and is then reported, wherever the stream is used.
        if blocks {
            let _ = stream.set_nonblocking(false);
        }
        let _ = stream.set_read_timeout(read);
        let _ = stream.set_write_timeout(write);
        stream
    }
}

impl From<net::TcpListener> for TcpListener {
    /// Takes over a listener of std, with its mode. Other descriptors of the same socket become
    /// non-blocking with it.
    fn from(listener: net::TcpListener) -> Self {
        TcpListener::new(adopt(listener, Kind::Messages, |listener| {
            let _ = listener.set_nonblocking(true);
        }))
    }
}

impl From<TcpListener> for net::TcpListener {
    /// Gives the listener to std, with its mode. It stays non-blocking as long as a clone of it is
    /// green.
    fn from(listener: TcpListener) -> Self {
        let source = listener.into_source();
        let blocks = is_to_block(&source);
        let listener = source.into_inner();
        if blocks {
            let _ = listener.set_nonblocking(false);
        }
        listener
    }
}

/// The traits by which std's sockets deal in descriptors.
macro_rules! descriptor_traits {
    ($($green:ident),+) => {$(
        impl AsFd for $green {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.source().get().as_fd()
            }
        }

        impl AsRawFd for $green {
            fn as_raw_fd(&self) -> RawFd {
                self.source().get().as_raw_fd()
            }
        }

        impl IntoRawFd for $green {
            fn into_raw_fd(self) -> RawFd {
                net::$green::from(self).into_raw_fd()
            }
        }

        impl From<$green> for OwnedFd {
            fn from(socket: $green) -> Self {
                net::$green::from(socket).into()
            }
        }

        impl From<OwnedFd> for $green {
            fn from(fd: OwnedFd) -> Self {
                net::$green::from(fd).into()
            }
        }

        #[allow(unsafe_code, reason = "a method of the trait is unsafe")]
        impl FromRawFd for $green {
            unsafe fn from_raw_fd(fd: RawFd) -> Self {
                // SAFETY: the caller vouches for the descriptor, as for std's type.
                unsafe { net::$green::from_raw_fd(fd) }.into()
            }
        }
    )+};
}

descriptor_traits!(TcpListener, TcpStream);
