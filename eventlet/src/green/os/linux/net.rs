//! What [`std::os::linux::net`] adds to sockets.

use std::io;
use std::os::linux::net;

use crate::green::net::TcpStream;

pub use std::os::linux::net::SocketAddrExt;

/// What only Linux can do with a TCP connection; std's [`TcpStreamExt`](net::TcpStreamExt), for
/// green streams.
///
/// # Examples
///
/// ```
/// use eventlet::green::net::{TcpListener, TcpStream};
/// use eventlet::green::os::linux::net::TcpStreamExt;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let stream = TcpStream::connect(listener.local_addr()?)?;
/// stream.set_quickack(true)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait TcpStreamExt: sealed::Sealed {
    /// Sets whether data is acknowledged at once (`TCP_QUICKACK`); the system may change its mind.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [the trait](Self).
    fn set_quickack(&self, quickack: bool) -> io::Result<()>;

    /// Whether data is acknowledged at once.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::{TcpListener, TcpStream};
    /// use eventlet::green::os::linux::net::TcpStreamExt;
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// println!("{}", stream.quickack()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn quickack(&self) -> io::Result<bool>;
}

impl TcpStreamExt for TcpStream {
    fn set_quickack(&self, quickack: bool) -> io::Result<()> {
        net::TcpStreamExt::set_quickack(self.source().get(), quickack)
    }

    fn quickack(&self) -> io::Result<bool> {
        net::TcpStreamExt::quickack(self.source().get())
    }
}

mod sealed {
    //! Keeps the trait to the type that it is meant for.

    use super::TcpStream;

    pub trait Sealed {}
    impl Sealed for TcpStream {}
}
