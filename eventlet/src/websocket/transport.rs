//! What carries a connection.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use crate::green::net::TcpStream;
use crate::green::os::unix::net::UnixStream;
#[cfg(feature = "ssl")]
use crate::green::ssl::TlsStream;
use crate::{http, with_timeout};

/// A stream of bytes in both directions that a [`WebSocket`](super::WebSocket) can be spoken over.
///
/// Green sockets are such streams. Another one has to do what they do: only the calling green
/// thread waits, one may read while another one writes, and `shutdown` ends both waits.
///
/// # Examples
///
/// ```
/// use std::io::{self, Read, Write};
/// use std::net::Shutdown;
/// use eventlet::green::os::unix::net::UnixStream;
/// use eventlet::websocket::{self, Transport};
///
/// /// A stream that says how much it has read.
/// struct Counting(UnixStream, std::cell::Cell<usize>);
///
/// impl Transport for Counting {
///     fn read(&self, into: &mut [u8]) -> io::Result<usize> {
///         let n = (&self.0).read(into)?;
///         self.1.set(self.1.get() + n);
///         Ok(n)
///     }
///     fn write(&self, bytes: &[u8]) -> io::Result<usize> {
///         (&self.0).write(bytes)
///     }
///     fn shutdown(&self, how: Shutdown) -> io::Result<()> {
///         println!("{} bytes were read", self.1.get());
///         self.0.shutdown(how)
///     }
/// }
///
/// let (ours, theirs) = UnixStream::pair()?;
/// let server = eventlet::spawn(move || websocket::accept(Counting(ours, 0.into())).is_ok());
/// websocket::client(theirs, "ws://localhost/")?;
/// assert!(server.wait().unwrap());
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Transport: 'static {
    /// Reads what there is, waiting for something.
    ///
    /// # Errors
    ///
    /// As [`Read::read`].
    ///
    /// # Switching
    ///
    /// Switches if it has to wait.
    fn read(&self, into: &mut [u8]) -> io::Result<usize>;

    /// Writes as much as fits, waiting for room.
    ///
    /// # Errors
    ///
    /// As [`Write::write`].
    ///
    /// # Switching
    ///
    /// Switches if it has to wait.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Passes on what was written, if it was kept.
    ///
    /// # Errors
    ///
    /// As [`Write::flush`].
    ///
    /// # Switching
    ///
    /// Switches if it has to wait.
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    /// Ends a direction, or both, and the waits of whoever reads or writes.
    ///
    /// # Errors
    ///
    /// As [`std::net::TcpStream::shutdown`]. They are ignored.
    ///
    /// # Switching
    ///
    /// It should not switch: it is called by destructors.
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;

    /// Asks the system not to hold back what is written in the hope of more; called once, at the
    /// beginning. Most streams do not, and need not implement this.
    ///
    /// # Switching
    ///
    /// It should not switch.
    fn send_at_once(&self) {}

    /// Has `hook` called when the connection is soon to end, because the server it belongs to stops.
    /// Most streams belong to none, and need not implement this.
    ///
    /// # Switching
    ///
    /// It should not switch.
    fn on_stop(&self, hook: Box<dyn FnOnce()>) {
        drop(hook);
    }
}

/// Reading and writing of what can be read and written through a reference.
macro_rules! by_reference {
    () => {
        fn read(&self, into: &mut [u8]) -> io::Result<usize> {
            Read::read(&mut &*self, into)
        }

        fn write(&self, bytes: &[u8]) -> io::Result<usize> {
            Write::write(&mut &*self, bytes)
        }

        fn flush(&self) -> io::Result<()> {
            Write::flush(&mut &*self)
        }
    };
}

impl Transport for TcpStream {
    by_reference!();

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        TcpStream::shutdown(self, how)
    }

    fn send_at_once(&self) {
        // A connection that has ended says so when it is used.
        let _ = self.set_nodelay(true);
    }
}

impl Transport for UnixStream {
    by_reference!();

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        UnixStream::shutdown(self, how)
    }
}

impl Transport for http::Stream {
    by_reference!();

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.cut(how)
    }

    fn send_at_once(&self) {
        self.set_nodelay();
    }

    fn on_stop(&self, hook: Box<dyn FnOnce()>) {
        http::Stream::on_stop(self, hook);
    }
}

#[cfg(feature = "ssl")]
impl<S> Transport for TlsStream<S>
where
    S: Transport + crate::green::ssl::Transport,
{
    by_reference!();

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if how != Shutdown::Read {
            // A peer that takes nothing is not told that this is the end.
            let _ = with_timeout(Duration::ZERO, || TlsStream::shutdown(self));
        }
        Transport::shutdown(self.get_ref(), how)
    }

    fn send_at_once(&self) {
        Transport::send_at_once(self.get_ref());
    }
}

/// Writes all the bytes.
pub(super) fn write_all(stream: &dyn Transport, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    stream.flush()
}

/// Sends no more, and reads until the peer has done the same, but no longer than `limit`.
///
/// A socket that is closed while there is something to be read resets the connection, and then the
/// peer may never see what it was sent last.
pub(super) fn linger(stream: &dyn Transport, limit: Duration) {
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let drain = || {
        let mut away = [0; 512];
        while stream.read(&mut away).is_ok_and(|n| n > 0) {}
    };
    // A peer that goes on for longer is cut off.
    let _ = with_timeout(limit, drain);
}
