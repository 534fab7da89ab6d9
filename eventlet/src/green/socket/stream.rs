//! Reading and writing streams.

/// Implements `Read` and `Write` for a stream and for a reference to it.
macro_rules! read_and_write {
    ($stream:ident) => {
        /// Reading waits until there is at least one byte, the end (0 bytes), or an error.
        ///
        /// With a read timeout, it fails with
        /// [`WouldBlock`](::std::io::ErrorKind::WouldBlock) when that has passed. It switches if
        /// there is nothing to be read, where it fails while the caller unwinds, and every so
        /// often if there always is, so that the others run, too.
        impl ::std::io::Read for &$stream {
            #[inline]
            fn read(&mut self, buf: &mut [u8]) -> ::std::io::Result<usize> {
                self.source.read(buf)
            }

            fn read_vectored(
                &mut self,
                bufs: &mut [::std::io::IoSliceMut<'_>],
            ) -> ::std::io::Result<usize> {
                self.source.read_vectored(bufs)
            }
        }

        /// Writing waits until the system takes at least one byte.
        ///
        /// With a write timeout, it fails with
        /// [`WouldBlock`](::std::io::ErrorKind::WouldBlock) when that has passed. It switches if
        /// the system's buffer is full, where it fails while the caller unwinds, and every so
        /// often if it never is, so that the others run, too.
        impl ::std::io::Write for &$stream {
            #[inline]
            fn write(&mut self, buf: &[u8]) -> ::std::io::Result<usize> {
                self.source.write(buf)
            }

            fn write_vectored(
                &mut self,
                bufs: &[::std::io::IoSlice<'_>],
            ) -> ::std::io::Result<usize> {
                self.source.write_vectored(bufs)
            }

            fn flush(&mut self) -> ::std::io::Result<()> {
                Ok(())
            }
        }

        impl ::std::io::Read for $stream {
            #[inline]
            fn read(&mut self, buf: &mut [u8]) -> ::std::io::Result<usize> {
                self.source.read(buf)
            }

            fn read_vectored(
                &mut self,
                bufs: &mut [::std::io::IoSliceMut<'_>],
            ) -> ::std::io::Result<usize> {
                self.source.read_vectored(bufs)
            }
        }

        impl ::std::io::Write for $stream {
            #[inline]
            fn write(&mut self, buf: &[u8]) -> ::std::io::Result<usize> {
                self.source.write(buf)
            }

            fn write_vectored(
                &mut self,
                bufs: &[::std::io::IoSlice<'_>],
            ) -> ::std::io::Result<usize> {
                self.source.write_vectored(bufs)
            }

            fn flush(&mut self) -> ::std::io::Result<()> {
                Ok(())
            }
        }
    };
}

pub(crate) use read_and_write;
