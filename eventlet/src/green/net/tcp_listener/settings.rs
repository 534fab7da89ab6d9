//! What can be set on a listener.

use std::io;

use super::TcpListener;

impl TcpListener {
    /// Sets the time-to-live of the packets that the socket sends.
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
    /// let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0")?;
    /// listener.set_ttl(42)?;
    /// assert_eq!(listener.ttl()?, 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.source.get().set_ttl(ttl)
    }

    /// The time-to-live of the packets that the socket sends; see [`set_ttl`](Self::set_ttl).
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
    /// let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0")?;
    /// assert!(listener.ttl()? > 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.get().ttl()
    }

    /// Deprecated in std, since the setting has to be made before the socket is bound.
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
    /// # #![allow(deprecated)]
    /// let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0")?;
    /// assert!(listener.set_only_v6(true).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[deprecated(note = "the setting cannot be changed any more once the socket is bound")]
    #[allow(deprecated, reason = "it is std's method")]
    pub fn set_only_v6(&self, only_v6: bool) -> io::Result<()> {
        self.source.get().set_only_v6(only_v6)
    }

    /// Deprecated in std, together with `set_only_v6`.
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
    /// # #![allow(deprecated)]
    /// let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0")?;
    /// assert!(listener.only_v6().is_err(), "it is a listener for IPv4");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[deprecated(note = "the setting cannot be changed any more once the socket is bound")]
    #[allow(deprecated, reason = "it is std's method")]
    pub fn only_v6(&self) -> io::Result<bool> {
        self.source.get().only_v6()
    }

    /// Takes the pending error of the socket, so that the next call does not report it.
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
    /// let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0")?;
    /// assert!(listener.take_error()?.is_none());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.source.get().take_error()
    }

    /// Lets [`accept`](TcpListener::accept) fail with [`WouldBlock`](io::ErrorKind::WouldBlock)
    /// instead of waiting, or wait again. It concerns the calls that are made from now on.
    ///
    /// # Errors
    ///
    /// Never fails; the signature is std's.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0")?;
    /// listener.set_nonblocking(true)?;
    /// assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.source.set_nonblocking(nonblocking);
        Ok(())
    }
}
