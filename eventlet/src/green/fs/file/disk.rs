//! Moving bytes between the caller's buffers and a disk.

use std::fs;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;

use super::File;
use super::buffer::{Buffer, scatter};
use crate::greenio::{read_at_once, total};
use crate::hub;

/// A call moves no more, which bounds the memory that copies take. Whoever appends a record relies
/// on one call for all of it: nobody else's comes in between.
const AT_MOST: usize = 64 * 1024 * 1024;

/// What is in memory is copied in place up to this size: a few microseconds.
const IN_PLACE: usize = 64 * 1024;

impl File {
    /// Reads at `offset`, or else at the file's position, and moves that.
    pub(in crate::green) fn read_disk(
        &self,
        bufs: &mut [IoSliceMut<'_>],
        offset: Option<u64>,
    ) -> io::Result<usize> {
        let wanted = total(bufs);
        let n_read = self.read_memory(bufs, wanted, offset);
        match bufs {
            _ if n_read == 0 => self.read_on_pool(bufs, wanted, offset),
            [buf] if n_read < wanted => {
                let offset = offset.map(|offset| offset + n_read as u64);
                Ok(n_read + self.read_on(&mut buf[n_read..], offset))
            }
            _ => Ok(n_read),
        }
    }

    /// Reads what the system has in memory, if it has something and it is not much.
    fn read_memory(
        &self,
        bufs: &mut [IoSliceMut<'_>],
        wanted: usize,
        offset: Option<u64>,
    ) -> usize {
        // Whoever waits for the disk at the file's position makes everyone else wait for it.
        if wanted > IN_PLACE || offset.is_none() && self.calls.are_under_way() {
            return 0;
        }
        hub::try_with(|hub| hub.count_io_call(true));
        // What fails here fails again on the pool. So it is with the end of the file: some versions
        // of Linux say 0 where they ought to say that they would have to wait.
        read_at_once(self.file.as_fd(), bufs, offset).unwrap_or(0)
    }

    /// Reads what follows on what was in memory: either the file ends there, or the disk has the
    /// rest. Who reads from a file is used to getting all that is wanted.
    fn read_on(&self, buf: &mut [u8], offset: Option<u64>) -> usize {
        let wanted = buf.len();
        let mut bufs = [IoSliceMut::new(buf)];
        match read_at_once(self.file.as_fd(), &mut bufs, offset) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.read_on_pool(&mut bufs, wanted, offset).unwrap_or(0)
            }
            // An error is the next call's.
            read => read.unwrap_or(0),
        }
    }

    fn read_on_pool(
        &self,
        bufs: &mut [IoSliceMut<'_>],
        wanted: usize,
        offset: Option<u64>,
    ) -> io::Result<usize> {
        let mut buffer = Buffer::new(wanted.min(AT_MOST));
        let (result, buffer) = self.on_pool(move |mut file| {
            let result = match offset {
                None => file.read(buffer.bytes_mut()),
                Some(offset) => file.read_at(buffer.bytes_mut(), offset),
            };
            (result, buffer)
        });
        let n_read = result?;
        scatter(&buffer.bytes()[..n_read], bufs);
        Ok(n_read)
    }

    /// Reads the rest of the file into `buf`, as std does, in one call.
    pub(super) fn read_rest_of_disk<B: Default + AsRef<[u8]> + Send + 'static>(
        &self,
        buf: &mut B,
        read: fn(&fs::File, &mut B) -> io::Result<usize>,
        append: fn(&mut B, B),
    ) -> io::Result<usize> {
        // An empty buffer can be given away: there is nothing in it that a kill could lose.
        let is_empty = buf.as_ref().is_empty();
        let mut rest = if is_empty { mem::take(buf) } else { B::default() };
        let (result, rest) = self.on_pool(move |file| {
            let result = read(file, &mut rest);
            (result, rest)
        });
        if is_empty {
            *buf = rest;
        } else {
            append(buf, rest);
        }
        result
    }

    /// Writes at `offset`, or else at the file's position, and moves that.
    pub(in crate::green) fn write_disk(
        &self,
        bufs: &[IoSlice<'_>],
        offset: Option<u64>,
    ) -> io::Result<usize> {
        let buffer = Buffer::gather(bufs, AT_MOST);
        self.on_pool(move |mut file| match offset {
            None => file.write(buffer.bytes()),
            Some(offset) => file.write_at(buffer.bytes(), offset),
        })
    }
}
