//! Reading and writing bytes, for whatever std can read and write through a reference.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::ops::Deref;
use std::os::fd::AsFd;

use super::{Direction, Source};

impl<S: AsFd> Source<S>
where
    for<'a> &'a S: Read,
{
    #[inline]
    pub(crate) fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.transfer(Direction::Read, buf.len(), |mut stream| stream.read(buf))
    }

    pub(crate) fn read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let wanted = total(bufs);
        self.transfer(Direction::Read, wanted, |mut stream| stream.read_vectored(bufs))
    }
}

impl<S: AsFd> Source<S>
where
    for<'a> &'a S: Write,
{
    #[inline]
    pub(crate) fn write(&self, buf: &[u8]) -> io::Result<usize> {
        self.transfer(Direction::Write, buf.len(), |mut stream| stream.write(buf))
    }

    pub(crate) fn write_vectored(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let wanted = total(bufs);
        self.transfer(Direction::Write, wanted, |mut stream| stream.write_vectored(bufs))
    }
}

/// A vectored call takes that many buffers for certain, and on Linux no more.
const MAX_BUFFERS: usize = 1024;

/// How many bytes the buffers have together that one call takes. Moving fewer than these is short;
/// leaving buffers out is not.
pub(crate) fn total(bufs: &[impl Deref<Target = [u8]>]) -> usize {
    bufs.iter().take(MAX_BUFFERS).map(|buf| buf.len()).sum()
}
