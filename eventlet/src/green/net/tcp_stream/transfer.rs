//! Reading and writing.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};

use super::TcpStream;
use crate::greenio::{Direction, total};

/// Reading waits until there is at least one byte, the end (0 bytes), or an error.
///
/// With a read timeout, it fails with [`WouldBlock`](io::ErrorKind::WouldBlock) when that has
/// passed. It switches if there is nothing to be read, where it fails while the caller unwinds, and
/// every so often if there always is, so that the others run, too.
impl Read for &TcpStream {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.transfer(Direction::Read, buf.len(), |mut stream| stream.read(buf))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let wanted = total(bufs);
        self.source.transfer(Direction::Read, wanted, |mut stream| stream.read_vectored(bufs))
    }
}

/// Writing waits until the system takes at least one byte.
///
/// With a write timeout, it fails with [`WouldBlock`](io::ErrorKind::WouldBlock) when that has
/// passed. It switches if the system's buffer is full, where it fails while the caller unwinds, and
/// every so often if it never is, so that the others run, too.
impl Write for &TcpStream {
    #[inline]
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.source.transfer(Direction::Write, buf.len(), |mut stream| stream.write(buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let wanted = total(bufs);
        self.source.transfer(Direction::Write, wanted, |mut stream| stream.write_vectored(bufs))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for TcpStream {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&*self).read_vectored(bufs)
    }
}

impl Write for TcpStream {
    #[inline]
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        (&*self).write(buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        (&*self).write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
