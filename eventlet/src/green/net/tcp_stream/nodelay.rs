//! Whether small packets are sent at once.

use std::io;

use super::TcpStream;

impl TcpStream {
    /// Sets whether small packets are sent at once (`TCP_NODELAY`) instead of being collected.
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
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// stream.set_nodelay(true)?;
    /// assert!(stream.nodelay()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.source.get().set_nodelay(nodelay)
    }

    /// Whether small packets are sent at once; see [`set_nodelay`](Self::set_nodelay).
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
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpStream::connect(listener.local_addr()?)?;
    /// assert!(!stream.nodelay()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn nodelay(&self) -> io::Result<bool> {
        self.source.get().nodelay()
    }
}
