//! What has been received and not been used.

use std::io::{self, Read};

/// How much is asked for at once.
const SIZE: usize = 8192;

/// Bytes in the order of their coming.
pub(super) struct Input {
    /// Allocated when something comes.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Input {
    pub(super) fn new() -> Self {
        Input { buffer: Box::default(), start: 0, end: 0 }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub(super) fn consume(&mut self, n: usize) {
        self.start += n;
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            // What one large head has needed is not kept for the next one.
            if self.buffer.len() > SIZE {
                self.buffer = Box::default();
            }
        }
    }

    /// Reads once; 0 is the end.
    pub(super) fn fill(&mut self, stream: &mut impl Read) -> io::Result<usize> {
        self.make_room();
        let n = stream.read(&mut self.buffer[self.end..])?;
        self.end += n;
        Ok(n)
    }

    fn make_room(&mut self) {
        if self.end < self.buffer.len() {
            return;
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        } else {
            let mut larger = vec![0; (self.buffer.len() * 2).max(SIZE)];
            larger[..self.end].copy_from_slice(&self.buffer[..self.end]);
            self.buffer = larger.into();
        }
    }
}
