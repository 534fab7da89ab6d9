//! What sockets have that have a peer.

/// Gives a socket the address of its peer, and timeouts. `$time` is what std calls a setter's
/// argument.
macro_rules! peer_and_timeouts {
    ($socket:ident, $address:ty, $time:ident, $example:literal) => {
        impl $socket {
            /// The address of the peer.
            ///
            /// # Errors
            ///
            /// Fails with [`NotConnected`](::std::io::ErrorKind::NotConnected) if the socket has
            /// no peer, or none any more.
            ///
            /// # Switching
            ///
            /// Never switches.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $example]
            /// println!("{:?}", socket.peer_addr());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn peer_addr(&self) -> ::std::io::Result<$address> {
                self.source.get().peer_addr()
            }

            /// Sets how long one call may wait for something to receive; `None` is without limit.
            ///
            /// A call that has waited so long fails with
            /// [`WouldBlock`](::std::io::ErrorKind::WouldBlock), as std's does on Linux. The
            /// clones of a socket share the setting.
            ///
            /// # Errors
            ///
            /// Fails with [`InvalidInput`](::std::io::ErrorKind::InvalidInput) if the time is
            /// zero.
            ///
            /// # Switching
            ///
            /// Never switches.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::{io::ErrorKind, time::Duration};
            #[doc = $example]
            /// let refused = socket.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
            /// assert_eq!(refused.kind(), ErrorKind::InvalidInput);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn set_read_timeout(
                &self,
                $time: Option<::std::time::Duration>,
            ) -> ::std::io::Result<()> {
                self.source.set_timeout($crate::greenio::Direction::Read, $time)
            }

            /// Sets how long one call may wait for room to send to; `None` is without limit.
            ///
            /// It is for sending what [`set_read_timeout`](Self::set_read_timeout) is for
            /// receiving. A `write_all` consists of several calls, each of which may take that
            /// long.
            ///
            /// # Errors
            ///
            /// Fails with [`InvalidInput`](::std::io::ErrorKind::InvalidInput) if the time is
            /// zero.
            ///
            /// # Switching
            ///
            /// Never switches.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::{io::ErrorKind, time::Duration};
            #[doc = $example]
            /// let refused = socket.set_write_timeout(Some(Duration::ZERO)).unwrap_err();
            /// assert_eq!(refused.kind(), ErrorKind::InvalidInput);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn set_write_timeout(
                &self,
                $time: Option<::std::time::Duration>,
            ) -> ::std::io::Result<()> {
                self.source.set_timeout($crate::greenio::Direction::Write, $time)
            }

            /// How long one call may wait for something to receive.
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
            /// use std::time::Duration;
            #[doc = $example]
            /// assert_eq!(socket.read_timeout()?, None);
            /// socket.set_read_timeout(Some(Duration::from_secs(3)))?;
            /// assert_eq!(socket.read_timeout()?, Some(Duration::from_secs(3)));
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn read_timeout(&self) -> ::std::io::Result<Option<::std::time::Duration>> {
                Ok(self.source.timeout($crate::greenio::Direction::Read))
            }

            /// How long one call may wait for room to send to.
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
            /// use std::time::Duration;
            #[doc = $example]
            /// assert_eq!(socket.write_timeout()?, None);
            /// socket.set_write_timeout(Some(Duration::from_secs(3)))?;
            /// assert_eq!(socket.write_timeout()?, Some(Duration::from_secs(3)));
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn write_timeout(&self) -> ::std::io::Result<Option<::std::time::Duration>> {
                Ok(self.source.timeout($crate::greenio::Direction::Write))
            }
        }
    };
}

/// Gives a socket a way to end one direction.
macro_rules! shutdown {
    ($socket:ident, $example:literal) => {
        impl $socket {
            /// Ends the connection in one direction or in both.
            ///
            /// Whoever waits in that direction wakes: receiving returns 0, sending fails.
            ///
            /// # Errors
            ///
            /// Fails if the socket is not connected any more.
            ///
            /// # Switching
            ///
            /// Never switches.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::net::Shutdown;
            #[doc = $example]
            /// socket.shutdown(Shutdown::Write)?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn shutdown(&self, how: ::std::net::Shutdown) -> ::std::io::Result<()> {
                self.source.shut_down(how)
            }
        }
    };
}

pub(crate) use {peer_and_timeouts, shutdown};
