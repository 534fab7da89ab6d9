//! What every socket has.

/// Gives a socket its address, clones, pending errors, its mode, and a way to end it.
macro_rules! every_socket {
    ($socket:ident, $address:ty, $example:literal) => {
        impl $socket {
            /// The address of this socket.
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
            #[doc = $example]
            /// println!("{:?}", socket.local_addr()?);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn local_addr(&self) -> ::std::io::Result<$address> {
                self.source.get().local_addr()
            }

            /// Makes another handle of the same socket: what comes to one does not come to the
            /// other.
            ///
            /// The clones share all settings, and `close` closes them all.
            ///
            /// # Errors
            ///
            /// Fails if the process has no descriptor left.
            ///
            /// # Switching
            ///
            /// Never switches.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $example]
            /// let clone = socket.try_clone()?;
            /// clone.set_nonblocking(true)?;
            /// assert_eq!(format!("{:?}", clone.local_addr()), format!("{:?}", socket.local_addr()));
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn try_clone(&self) -> ::std::io::Result<$socket> {
                Ok($socket { source: self.source.try_clone()? })
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
            #[doc = $example]
            /// assert!(socket.take_error()?.is_none());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn take_error(&self) -> ::std::io::Result<Option<::std::io::Error>> {
                self.source.get().take_error()
            }

            /// Lets calls that would wait fail with
            /// [`WouldBlock`](::std::io::ErrorKind::WouldBlock) instead, or wait again. It
            /// concerns the calls that are made from now on, on all clones.
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
            #[doc = $example]
            /// socket.set_nonblocking(true)?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn set_nonblocking(&self, nonblocking: bool) -> ::std::io::Result<()> {
                self.source.set_nonblocking(nonblocking);
                Ok(())
            }

            /// Closes the socket and all its clones, whatever still holds them; std has no such
            /// method.
            ///
            /// From now on every call that would send, receive or accept fails, and those that
            /// wait in one, in any green thread or OS thread, fail at once. What was sent
            /// before still arrives; connections that were not accepted are refused. The
            /// descriptor is given back when the last handle is dropped.
            ///
            /// # Switching
            ///
            /// Never switches.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $example]
            /// let clone = socket.try_clone()?;
            /// socket.close();
            /// clone.close();
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn close(&self) {
                self.source.close();
            }
        }
    };
}

pub(crate) use every_socket;
