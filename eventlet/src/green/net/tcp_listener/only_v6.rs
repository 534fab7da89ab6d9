//! A setting that comes too late.

use std::io;

use super::TcpListener;

impl TcpListener {
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
}
