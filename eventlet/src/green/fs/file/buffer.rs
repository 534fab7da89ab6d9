//! What the pool reads into and writes from.
//!
//! A caller that is killed leaves while the pool still works, so the pool never sees the caller's
//! buffers: it has its own, and what is in them is copied.

use std::io::{IoSlice, IoSliceMut};

use crate::greenio::total;

/// Where buffers have to begin to be moved without the system's memory in between (`O_DIRECT`):
/// nothing asks for more.
const ALIGNMENT: usize = 4096;

/// Such buffers have a multiple of this length.
const SECTOR: usize = 512;

/// A buffer that can be sent to the pool. If the caller's may have been aligned, this one is.
pub(super) struct Buffer {
    /// Some bytes that are not used, and then those that are.
    memory: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// So many zeros.
    pub(super) fn new(length: usize) -> Self {
        let memory = vec![0; length + slack(length)];
        let start = start_in(&memory, length);
        let mut buffer = Buffer { memory, start };
        buffer.memory.truncate(start + length);
        buffer
    }

    /// A copy of what is in the buffers, up to `at_most` bytes.
    pub(super) fn gather(bufs: &[IoSlice<'_>], at_most: usize) -> Self {
        let length = total(bufs).min(at_most);
        let mut memory = Vec::with_capacity(length + slack(length));
        let start = start_in(&memory, length);
        memory.resize(start, 0);
        for buf in bufs {
            let room = start + length - memory.len();
            memory.extend_from_slice(&buf[..buf.len().min(room)]);
        }
        Buffer { memory, start }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..]
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..]
    }
}

/// How much more memory is needed so that an aligned piece of this length fits.
fn slack(length: usize) -> usize {
    if length.is_multiple_of(SECTOR) { ALIGNMENT - 1 } else { 0 }
}

/// Where in the memory, which is not moved any more, the piece begins.
fn start_in(memory: &[u8], length: usize) -> usize {
    memory.as_ptr().align_offset(ALIGNMENT).min(slack(length))
}

/// Copies `bytes`, which fit, into the buffers.
pub(super) fn scatter(mut bytes: &[u8], bufs: &mut [IoSliceMut<'_>]) {
    for buf in bufs {
        let (now, later) = bytes.split_at(bytes.len().min(buf.len()));
        buf[..now.len()].copy_from_slice(now);
        bytes = later;
    }
}
