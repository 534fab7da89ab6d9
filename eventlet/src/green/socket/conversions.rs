//! To and from std's sockets and bare descriptors.

/// Converts a green socket from and into the socket of std that it is for, and into descriptors.
macro_rules! conversions {
    ($green:ident, $std:ty) => {
        impl From<$std> for $green {
            /// Takes over a socket of std, with its mode and its timeouts.
            ///
            /// The mode belongs to the socket, not to the descriptor: std's clones of it become
            /// non-blocking with it, and a clone that is converted later is taken for one that was
            /// made non-blocking on purpose. Convert first, and clone the green socket.
            fn from(socket: $std) -> Self {
                $green { source: $crate::greenio::Source::adopt(socket) }
            }
        }

        impl From<$green> for $std {
            /// Gives the socket to std, with its mode and its timeouts. It stays non-blocking as
            /// long as a clone of it is green.
            fn from(socket: $green) -> Self {
                socket.source.release()
            }
        }

        impl ::std::os::fd::AsFd for $green {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.source.get().as_fd()
            }
        }

        impl ::std::os::fd::AsRawFd for $green {
            fn as_raw_fd(&self) -> ::std::os::fd::RawFd {
                self.source.get().as_raw_fd()
            }
        }

        impl ::std::os::fd::IntoRawFd for $green {
            fn into_raw_fd(self) -> ::std::os::fd::RawFd {
                <$std>::from(self).into_raw_fd()
            }
        }

        impl From<$green> for ::std::os::fd::OwnedFd {
            fn from(socket: $green) -> Self {
                <$std>::from(socket).into()
            }
        }

        impl From<::std::os::fd::OwnedFd> for $green {
            fn from(fd: ::std::os::fd::OwnedFd) -> Self {
                <$std>::from(fd).into()
            }
        }

        #[allow(unsafe_code, reason = "a method of the trait is unsafe")]
        impl ::std::os::fd::FromRawFd for $green {
            unsafe fn from_raw_fd(fd: ::std::os::fd::RawFd) -> Self {
                // SAFETY: the caller vouches for the descriptor, as for std's type.
                unsafe { <$std>::from_raw_fd(fd) }.into()
            }
        }

        impl ::std::fmt::Debug for $green {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.source.get().fmt(f)
            }
        }
    };
}

pub(crate) use conversions;
