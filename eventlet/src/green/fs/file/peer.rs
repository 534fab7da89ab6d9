//! Moving bytes to and from FIFOs, devices and whatever else has someone at the other end.
//!
//! Who that is may never come, so no thread of the pool waits for it. The hub watches the
//! descriptor, and the bytes are moved when that does not wait any more: in place, or on the pool
//! where the system cannot be asked for it.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::AsFd;

use super::File;
use super::disk::{gather, scatter};
use crate::greenio::{Direction, move_at_once, read_at_once, total, write_at_once};

/// A call on the pool reads no more.
const READ_AT_MOST: usize = 64 * 1024;

/// So much can be written where anything can: a pipe promises that, and a terminal mostly keeps it.
const WRITE_AT_MOST: usize = libc::PIPE_BUF;

impl File {
    pub(super) fn read_peer(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let read = |bufs: &mut &mut [IoSliceMut<'_>]| read_at_once(self.file.as_fd(), bufs, None);
        let mut bufs = bufs;
        if let Some(n_read) = move_at_once(self.file.as_fd(), Direction::Read, || read(&mut bufs))?
        {
            return Ok(n_read);
        }
        let mut bytes = vec![0; total(bufs).min(READ_AT_MOST)];
        let (result, bytes) = self.on_pool(move |mut file| {
            let result = file.read(&mut bytes);
            (result, bytes)
        });
        let n_read = result?;
        scatter(&bytes[..n_read], bufs);
        Ok(n_read)
    }

    pub(super) fn write_peer(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let write = || write_at_once(self.file.as_fd(), bufs);
        if let Some(n_written) = move_at_once(self.file.as_fd(), Direction::Write, write)? {
            return Ok(n_written);
        }
        let bytes = gather(bufs, WRITE_AT_MOST);
        self.on_pool(move |mut file| file.write(&bytes))
    }
}
