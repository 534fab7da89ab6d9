//! What a door listens at, and what comes through it.

use std::io::{self, Read, Write};
use std::time::Duration;

use super::Address;
use super::socket_file::SocketFile;
use crate::green::net::{TcpListener, TcpStream};
use crate::green::os::unix::net::{UnixListener, UnixStream};

/// A client that takes nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A listener that a console can be reached through: a green [`TcpListener`] or [`UnixListener`],
/// which convert into it.
///
/// # Examples
///
/// ```
/// use eventlet::backdoor::{Backdoor, Listener};
///
/// let listener = Listener::from(eventlet::listen("127.0.0.1:0")?);
/// let door = eventlet::spawn(|| Backdoor::new().serve(listener));
/// door.kill();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Listener {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Listener { kind: Kind::Tcp(listener) }
    }
}

impl From<UnixListener> for Listener {
    fn from(listener: UnixListener) -> Self {
        Listener { kind: Kind::Unix(listener) }
    }
}

impl Listener {
    /// Where it listens; `file` is what is known of a Unix socket's.
    pub(super) fn address(&self, file: Option<&SocketFile>) -> io::Result<Address> {
        Ok(match &self.kind {
            Kind::Tcp(listener) => Address::Tcp(listener.local_addr()?),
            Kind::Unix(listener) => match file {
                Some(file) => Address::Unix(file.path().to_owned()),
                None => {
                    let path = listener.local_addr()?.as_pathname().map(ToOwned::to_owned);
                    Address::Unix(path.unwrap_or_default())
                }
            },
        })
    }

    pub(super) fn accept(&self) -> io::Result<Stream> {
        match &self.kind {
            Kind::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Stream::Tcp(stream))
            }
            Kind::Unix(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_write_timeout(Some(PATIENCE))?;
                Ok(Stream::Unix(stream))
            }
        }
    }
}

/// An accepted connection.
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.read(buffer),
            Stream::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.write(bytes),
            Stream::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
