//! Bytes that have been received and not been looked at.

use std::io;

/// How many bytes a connection that is idle keeps room for.
const SMALLEST: usize = 1024;
/// How many bytes are read at once at most.
const LARGEST: usize = 64 * 1024;

/// A buffer that grows while much arrives, and shrinks when little does.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    /// Where what has not been taken begins.
    start: usize,
    /// Where it ends. What lies behind is room.
    end: usize,
    /// How much is to be read next time.
    size: usize,
}

impl Buffer {
    /// Begins with bytes that were read by somebody else.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let end = bytes.len();
        Buffer { bytes, start: 0, end, size: SMALLEST }
    }

    /// What has not been taken.
    pub(crate) fn data(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Takes that many bytes.
    pub(crate) fn take(&mut self, n: usize) {
        self.start += n;
        debug_assert!(self.start <= self.end);
    }

    /// Lets `read` add to the data. If it unwinds nothing has changed.
    pub(crate) fn fill(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        self.bytes.resize(self.end + self.size, 0);
        self.bytes.shrink_to(self.end + self.size);
        let n = read(&mut self.bytes[self.end..])?;
        self.end += n;
        if n == self.size {
            self.size = (self.size * 2).min(LARGEST);
        } else if n < self.size / 2 {
            self.size = SMALLEST;
        }
        Ok(n)
    }
}
