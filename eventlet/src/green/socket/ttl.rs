//! What sockets of the internet have.

/// Gives a socket its time-to-live.
macro_rules! ttl {
    ($socket:ident, $example:literal) => {
        impl $socket {
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
            #[doc = $example]
            /// socket.set_ttl(42)?;
            /// assert_eq!(socket.ttl()?, 42);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn set_ttl(&self, ttl: u32) -> ::std::io::Result<()> {
                self.source.get().set_ttl(ttl)
            }

            /// The time-to-live of the packets that the socket sends.
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
            /// assert!(socket.ttl()? > 0);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn ttl(&self) -> ::std::io::Result<u32> {
                self.source.get().ttl()
            }
        }
    };
}

pub(crate) use ttl;
