//! What TLS runs over.

use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use crate::green::net::TcpStream;
use crate::green::os::unix::net::UnixStream;
use crate::greenio::{Direction, Source};

/// What a [`Transport`] is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(clippy::exhaustive_enums, reason = "there are two directions")]
pub enum Interest {
    /// Something to be read, or the end.
    Read,
    /// Room for something to be written.
    Write,
    /// Whichever comes first.
    Either,
}

/// A stream that TLS can run over: it is tried without waiting, and waited for apart from that.
///
/// Keeping the two apart is what lets one green thread read a [`TlsStream`](super::TlsStream) while
/// another one writes: all that changes the state of the session happens in tries, and while someone
/// waits, others may try. A kill or a timeout arrives in a wait, where nothing is half done.
///
/// [`TcpStream`], [`UnixStream`] and [`TlsStream`](super::TlsStream) itself are transports, and so are
/// references and shared pointers to one. Anything else that implements [`Read`] and [`Write`] becomes
/// one in a [`ByTurns`](super::ByTurns). Implement the trait for a type of your own if it can do better than that.
///
/// # Examples
///
/// A stream that counts what goes through another one:
///
/// ```
/// use std::{cell::Cell, io};
/// use eventlet::green::ssl::{Interest, Transport};
///
/// struct Counted<T> {
///     stream: T,
///     n_bytes: Cell<usize>,
/// }
///
/// impl<T: Transport> Transport for Counted<T> {
///     fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
///         let n_read = self.stream.try_read(buf)?;
///         self.n_bytes.set(self.n_bytes.get() + n_read);
///         Ok(n_read)
///     }
///
///     fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
///         self.stream.try_write(buf)
///     }
///
///     fn try_flush(&self) -> io::Result<()> {
///         self.stream.try_flush()
///     }
///
///     fn wait(&self, interest: Interest) -> io::Result<()> {
///         self.stream.wait(interest)
///     }
/// }
/// ```
pub trait Transport {
    /// Reads what there is. Zero means the end.
    ///
    /// # Errors
    ///
    /// Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if there is nothing yet.
    fn try_read(&self, buf: &mut [u8]) -> io::Result<usize>;

    /// Writes what there is room for.
    ///
    /// # Errors
    ///
    /// Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if there is no room at all.
    fn try_write(&self, buf: &[u8]) -> io::Result<usize>;

    /// Sends on what `try_write` has taken and kept. Unless the transport says otherwise, it keeps
    /// nothing.
    ///
    /// # Errors
    ///
    /// Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if not all could be sent.
    fn try_flush(&self) -> io::Result<()> {
        Ok(())
    }

    /// Waits until it is worth trying again; called after a try that has failed with "would block".
    /// It may return early. Unless the transport says otherwise, it cannot wait.
    ///
    /// # Errors
    ///
    /// Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if there is not to be waited, or no
    /// longer. The user of the TLS stream is given this error.
    fn wait(&self, _interest: Interest) -> io::Result<()> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

fn wait_for<S: std::os::fd::AsFd>(source: &Source<S>, interest: Interest) -> io::Result<()> {
    source.wait(match interest {
        Interest::Read => &[Direction::Read],
        Interest::Write => &[Direction::Write],
        Interest::Either => &[Direction::Read, Direction::Write],
    })
}

macro_rules! sockets {
    ($($socket:ident)+) => {$(
        impl Transport for $socket {
            fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
                self.source().attempt(Direction::Read, buf.len(), |mut socket| socket.read(buf))
            }

            fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
                self.source().attempt(Direction::Write, buf.len(), |mut socket| socket.write(buf))
            }

            fn wait(&self, interest: Interest) -> io::Result<()> {
                wait_for(self.source(), interest)
            }
        }
    )+};
}

sockets! { TcpStream UnixStream }

macro_rules! pointers {
    ($($pointer:ty)+) => {$(
        impl<T: Transport + ?Sized> Transport for $pointer {
            fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
                (**self).try_read(buf)
            }

            fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
                (**self).try_write(buf)
            }

            fn try_flush(&self) -> io::Result<()> {
                (**self).try_flush()
            }

            fn wait(&self, interest: Interest) -> io::Result<()> {
                (**self).wait(interest)
            }
        }
    )+};
}

pointers! { &T Box<T> Rc<T> Arc<T> }
