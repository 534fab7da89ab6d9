//! Moving bytes to and from FIFOs, devices and whatever else has someone at the other end.
//!
//! Who that is may never come, so no thread of the pool waits for it. The hub watches the
//! descriptor, and the bytes are moved when that does not wait any more: in place, or on the pool
//! where the system cannot be asked for it.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::AsFd;

use super::File;
use super::disk::{gather, scatter, total};
use crate::greenio::{Direction, is_nonblocking, is_unsupported, read_at_once, write_at_once};
use crate::hub;

/// A call on the pool reads no more.
const READ_AT_MOST: usize = 64 * 1024;

/// So much can be written where anything can: a pipe promises that, and a terminal mostly keeps it.
const WRITE_AT_MOST: usize = libc::PIPE_BUF;

impl File {
    pub(super) fn read_peer(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let read = |bufs: &mut &mut [IoSliceMut<'_>]| read_at_once(self.file.as_fd(), bufs, None);
        let mut bufs = bufs;
        if let Some(n_read) = self.move_at_once(Direction::Read, || read(&mut bufs))? {
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
        if let Some(n_written) = self.move_at_once(Direction::Write, write)? {
            return Ok(n_written);
        }
        let bytes = gather(bufs, WRITE_AT_MOST);
        self.on_pool(move |mut file| file.write(&bytes))
    }

    /// Waits until bytes can be moved, and moves them. Gives none if the system cannot be asked to
    /// move only what it can at once; then it is likely not to wait.
    fn move_at_once(
        &self,
        direction: Direction,
        mut attempt: impl FnMut() -> io::Result<usize>,
    ) -> io::Result<Option<usize>> {
        hub::with(|hub| hub.count_io_call(true));
        loop {
            let is_told = match attempt() {
                Ok(n_moved) => return Ok(Some(n_moved)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
                Err(error) if is_unsupported(&error) => false,
                Err(error) => return Err(error),
            };
            let waits = !is_nonblocking(self.file.as_fd())?;
            if waits {
                hub::with(|hub| hub.trampoline(self.file.as_fd(), direction, None))?;
            }
            match (is_told, waits) {
                (true, true) => {}
                (true, false) => return Err(io::Error::from_raw_os_error(libc::EAGAIN)),
                (false, _) => return Ok(None),
            }
        }
    }
}
