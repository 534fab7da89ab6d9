//! What has been received and not been used.

use std::io::{self, Read};
use std::mem;

use crate::http::spare::{self, Spare};
use crate::http::stream::Stream;
use crate::hub::Time;

/// How much is asked for at once.
const SIZE: usize = 8192;

thread_local! {
    static BUFFERS: Spare<Box<[u8]>> = const { Spare::new() };
}

/// Bytes in the order of their coming.
pub(super) struct Input {
    /// Taken when something comes, and given back when all of it has been used.
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
            self.give_back();
        }
    }

    /// Reads once; 0 is the end.
    pub(super) fn fill(&mut self, stream: &Stream, deadline: Time) -> io::Result<usize> {
        self.make_room();
        let room = if self.buffer.is_empty() { SIZE } else { self.buffer.len() - self.end };
        stream.read_until(room, deadline, |source| self.read(source))
    }

    /// Reads what is there.
    fn read(&mut self, source: &mut dyn Read) -> io::Result<usize> {
        if self.buffer.is_empty() {
            self.buffer = spare::take(&BUFFERS).unwrap_or_else(|| vec![0; SIZE].into());
        }
        let result = source.read(&mut self.buffer[self.end..]);
        self.end += *result.as_ref().unwrap_or(&0);
        if self.end == 0 {
            self.give_back();
        }
        result
    }

    /// Gives back the buffer, which is not used any more; one that has grown is not kept.
    fn give_back(&mut self) {
        let buffer = mem::take(&mut self.buffer);
        if buffer.len() == SIZE {
            spare::keep(&BUFFERS, buffer);
        }
    }

    fn make_room(&mut self) {
        if self.end < self.buffer.len() || self.buffer.is_empty() {
            return;
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        } else {
            let mut larger = vec![0; self.buffer.len() * 2];
            larger[..self.end].copy_from_slice(&self.buffer[..self.end]);
            self.buffer = larger.into();
        }
    }
}
