//! The ends of pipes, whoever has the other end: reading, writing, and dealing in descriptors.

use std::io::{self, IoSlice, IoSliceMut, PipeReader, PipeWriter};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::greenio::{Kind, Source, adopt, release};

/// An end of a pipe, which is one of std's two types inside, whatever it is called outside.
pub(super) struct End<S: AsFd> {
    source: Source<S>,
}

pub(super) type ReadEnd = End<PipeReader>;
pub(super) type WriteEnd = End<PipeWriter>;

impl<S: AsFd + From<OwnedFd> + Into<OwnedFd>> End<S> {
    /// Takes over the end of a pipe that is new.
    pub(super) fn new(end: impl Into<OwnedFd>) -> Self {
        End { source: adopt(S::from(end.into()), Kind::Stream) }
    }

    /// Takes over what may be anything: if it is no plain pipe, a short read does not say that the
    /// next one would block.
    pub(super) fn adopt(end: impl Into<OwnedFd>) -> Self {
        End { source: adopt(S::from(end.into()), Kind::Messages) }
    }

    /// Gives the descriptor back, with the mode that it seemed to have.
    pub(super) fn release(self) -> OwnedFd {
        release(self.source).into()
    }

    pub(super) fn get(&self) -> &S {
        self.source.get()
    }

    pub(super) fn duplicate(&self, end: S) -> Self {
        End { source: self.source.duplicate(end) }
    }

    /// Shows or hides that the descriptor is non-blocking.
    pub(super) fn set_nonblocking(&self, nonblocking: bool) {
        self.source.set_nonblocking(nonblocking);
    }
}

impl<S: AsFd> AsFd for End<S> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.source.get().as_fd()
    }
}

impl ReadEnd {
    pub(super) fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.read(buf)
    }

    pub(super) fn read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.source.read_vectored(bufs)
    }
}

impl WriteEnd {
    pub(super) fn write(&self, buf: &[u8]) -> io::Result<usize> {
        self.source.write(buf)
    }

    pub(super) fn write_vectored(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.source.write_vectored(bufs)
    }
}

/// The traits by which std's types deal in descriptors, for a type that has an [`End`] in `end`.
macro_rules! descriptor_traits {
    ($($green:ident: $std:ty),+) => {$(
        impl From<$std> for $green {
            /// Takes over an end of a pipe from std, with its mode. Duplicates of the descriptor,
            /// in this process or in another one, become non-blocking with it.
            fn from(end: $std) -> Self {
                $green { end: End::adopt(end) }
            }
        }

        impl From<$green> for $std {
            /// Gives the end of the pipe to std, with the mode that it had.
            fn from(end: $green) -> Self {
                end.end.release().into()
            }
        }

        impl From<$green> for Stdio {
            /// Gives the end of the pipe to a child process, which finds it as std would have left
            /// it: it blocks.
            fn from(end: $green) -> Self {
                end.end.release().into()
            }
        }

        impl From<OwnedFd> for $green {
            /// Takes over a descriptor with its mode. Duplicates of it, in this process or in
            /// another one, become non-blocking with it.
            fn from(fd: OwnedFd) -> Self {
                $green { end: End::adopt(fd) }
            }
        }

        impl From<$green> for OwnedFd {
            /// Gives the descriptor away, with the mode that it had.
            fn from(end: $green) -> Self {
                end.end.release()
            }
        }

        impl AsFd for $green {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.end.as_fd()
            }
        }

        impl AsRawFd for $green {
            fn as_raw_fd(&self) -> RawFd {
                self.end.as_fd().as_raw_fd()
            }
        }

        impl IntoRawFd for $green {
            fn into_raw_fd(self) -> RawFd {
                self.end.release().into_raw_fd()
            }
        }
    )+};
}

/// [`Read`] for types that have a [`ReadEnd`] in `end`.
macro_rules! reads {
    ($($green:ty),+) => {$(
        /// Reading waits until there is at least one byte, or nobody can write any more (0 bytes).
        ///
        /// It switches if there is nothing to be read, where it fails while the caller unwinds, and
        /// every so often if there always is, so that the others run, too.
        impl Read for $green {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                self.end.read(buf)
            }

            fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                self.end.read_vectored(bufs)
            }
        }
    )+};
}

/// [`Write`] for types that have a [`WriteEnd`] in `end`.
macro_rules! writes {
    ($($green:ty),+) => {$(
        /// Writing waits until the pipe takes at least one byte.
        ///
        /// It switches if the pipe is full, where it fails while the caller unwinds, and every so
        /// often if it never is, so that the others run, too. Where nobody can read any more it
        /// fails with [`BrokenPipe`](io::ErrorKind::BrokenPipe).
        impl Write for $green {
            fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
                self.end.write(buf)
            }

            fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
                self.end.write_vectored(bufs)
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
    )+};
}

pub(super) use {descriptor_traits, reads, writes};
