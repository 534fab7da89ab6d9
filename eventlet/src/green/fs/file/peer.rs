//! Moving bytes to and from FIFOs, devices and whatever else has someone at the other end.
//!
//! Who that is may never come, so no thread of the pool waits for it. The hub watches the
//! descriptor, and the bytes are moved when that does not wait any more: in place, or on the pool
//! where the system cannot be asked for it.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::AsFd;

use super::File;
use super::buffer::{Buffer, scatter};
use crate::greenio::{AtOnce, Direction, move_at_once, read_at_once, total, write_at_once};

/// A call on the pool reads no more.
const READ_AT_MOST: usize = 64 * 1024;

/// So much can be written where anything can: a pipe promises that, and a terminal mostly keeps it.
const WRITE_AT_MOST: usize = libc::PIPE_BUF;

impl File {
    pub(super) fn read_peer(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let read = || read_at_once(self.file.as_fd(), bufs, None);
        match move_at_once(self.file.as_fd(), Direction::Read, read)? {
            AtOnce::Moved(n_read) => Ok(n_read),
            AtOnce::Ordinary => (&*self.file).read_vectored(bufs),
            AtOnce::Ready => {
                let mut buffer = Buffer::new(total(bufs).min(READ_AT_MOST));
                let (result, buffer) = self.on_pool(move |mut file| {
                    let result = file.read(buffer.bytes_mut());
                    (result, buffer)
                });
                let n_read = result?;
                scatter(&buffer.bytes()[..n_read], bufs);
                Ok(n_read)
            }
        }
    }

    pub(super) fn write_peer(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let write = || write_at_once(self.file.as_fd(), bufs);
        match move_at_once(self.file.as_fd(), Direction::Write, write)? {
            AtOnce::Moved(n_written) => Ok(n_written),
            AtOnce::Ordinary => (&*self.file).write_vectored(bufs),
            AtOnce::Ready => {
                let buffer = Buffer::gather(bufs, WRITE_AT_MOST);
                self.on_pool(move |mut file| file.write(buffer.bytes()))
            }
        }
    }
}
