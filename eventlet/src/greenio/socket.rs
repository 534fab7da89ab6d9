//! The sockets of std, as a source takes them over and gives them back.

use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::time::Duration;

use super::{Direction, Kind, Source, is_nonblocking};

/// A socket type of std.
pub(crate) trait Socket: AsFd + Sized {
    const KIND: Kind;

    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;

    fn try_clone(&self) -> io::Result<Self>;

    /// How long the system lets a call wait; of no meaning for a listener.
    fn timeout(&self, _: Direction) -> io::Result<Option<Duration>> {
        Ok(None)
    }

    fn set_timeout(&self, _: Direction, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
}

macro_rules! sockets {
    ($($socket:ident: $kind:ident $(with $timeouts:ident)?;)+) => {$(
        impl Socket for $socket {
            const KIND: Kind = Kind::$kind;

            fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
                $socket::set_nonblocking(self, nonblocking)
            }

            fn try_clone(&self) -> io::Result<Self> {
                $socket::try_clone(self)
            }

            $($timeouts!();)?
        }
    )+};
}

macro_rules! timeouts {
    () => {
        fn timeout(&self, direction: Direction) -> io::Result<Option<Duration>> {
            match direction {
                Direction::Read => self.read_timeout(),
                Direction::Write => self.write_timeout(),
            }
        }

        fn set_timeout(&self, direction: Direction, timeout: Option<Duration>) -> io::Result<()> {
            match direction {
                Direction::Read => self.set_read_timeout(timeout),
                Direction::Write => self.set_write_timeout(timeout),
            }
        }
    };
}

sockets! {
    TcpListener: Messages;
    TcpStream: Stream with timeouts;
    UdpSocket: Messages with timeouts;
    UnixDatagram: Messages with timeouts;
    UnixListener: Messages;
    UnixStream: UnixStream with timeouts;
}

impl<S: Socket> Source<S> {
    /// Takes over a socket that has just been made and blocks.
    pub(crate) fn of_blocking(socket: S) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self::of_nonblocking(socket))
    }

    /// Takes over a socket that was made non-blocking for this; it looks blocking.
    #[inline]
    pub(crate) fn of_nonblocking(socket: S) -> Self {
        Source::new(socket, S::KIND, false)
    }

    /// Takes over a socket of the user's, with the mode and the timeouts that it has. A descriptor
    /// on which this fails is not a socket, and every use of it will say so.
    pub(crate) fn adopt(socket: S) -> Self {
        let nonblocking = is_nonblocking(socket.as_fd()).unwrap_or(false);
        if !nonblocking {
            let _ = socket.set_nonblocking(true);
        }
        let source = Source::new(socket, S::KIND, nonblocking);
        for direction in [Direction::Read, Direction::Write] {
            let timeout = source.get().timeout(direction).unwrap_or(None);
            let _ = source.set_timeout(direction, timeout);
        }
        source
    }

    /// Gives the socket to the user, with its mode and its timeouts. It stays non-blocking as long
    /// as a duplicate of it is green.
    pub(crate) fn release(self) -> S {
        let blocks = !self.is_nonblocking() && !self.has_duplicates();
        let timeouts = [Direction::Read, Direction::Write].map(|way| (way, self.timeout(way)));
        let socket = self.into_inner();
        // What fails here fails again, and is then reported, wherever the socket is used.
        if blocks {
            let _ = socket.set_nonblocking(false);
        }
        for (direction, timeout) in timeouts {
            let _ = socket.set_timeout(direction, timeout);
        }
        socket
    }

    /// Makes another descriptor of the same socket, which shares its settings.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(self.duplicate(self.get().try_clone()?))
    }
}
