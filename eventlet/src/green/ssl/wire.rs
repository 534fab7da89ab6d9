//! The wire that the session sees: two buffers in memory, which never make it wait.

use std::io::{self, Read, Write};
use std::mem;
use std::sync::Arc;

use crate::oslock::Mutex;

/// What the session still has to read of the peer's bytes, and what it wants to be sent.
#[derive(Default)]
pub(super) struct Buffers {
    /// A chunk as it came; what of it the session has not taken yet is from `start` to `end`.
    chunk: Vec<u8>,
    start: usize,
    end: usize,
    /// Nothing comes any more.
    is_at_end: bool,
    /// How many chunks have come, the end included. Whoever needs more bytes compares it, to know
    /// whether someone else has brought some meanwhile.
    n_chunks: u64,
    /// What the session wants to be sent.
    outgoing: Vec<u8>,
    /// There is something to be sent, here or in the sender's hands.
    pub(super) owes: bool,
    /// The first bytes of all, which tell whether the peer speaks TLS.
    first: Vec<u8>,
}

impl Buffers {
    /// How many of the first bytes are kept.
    const N_FIRST: usize = 16;

    pub(super) fn n_chunks(&self) -> u64 {
        self.n_chunks
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// Gives the session the first `len` bytes of `chunk`. Nobody does so before it has taken all of the
    /// last one.
    pub(super) fn give(&mut self, chunk: Vec<u8>, len: usize) {
        if self.first.len() < Self::N_FIRST {
            let missing = Self::N_FIRST - self.first.len();
            self.first.extend_from_slice(&chunk[..len.min(missing)]);
        }
        (self.start, self.end) = (0, len);
        self.chunk = chunk;
        self.is_at_end |= len == 0;
        self.n_chunks += 1;
    }

    /// A chunk that is not needed any more.
    pub(super) fn take_chunk(&mut self) -> Vec<u8> {
        (self.start, self.end) = (0, 0);
        mem::take(&mut self.chunk)
    }

    /// What has come and the session has not taken.
    pub(super) fn rest(&self) -> &[u8] {
        &self.chunk[self.start..self.end]
    }

    /// Exchanges what is to be sent for a buffer that is empty.
    pub(super) fn swap_outgoing(&mut self, empty: &mut Vec<u8>) {
        mem::swap(&mut self.outgoing, empty);
        self.owes = !empty.is_empty();
    }

    /// The first bytes, if they are not those of TLS: a record of a kind that there is, and a version
    /// that begins with 3.
    pub(super) fn foreign_words(&self) -> Option<&[u8]> {
        let is_tls = match self.first[..] {
            [] => true,
            [kind] => (20..=23).contains(&kind),
            [kind, version, ..] => (20..=23).contains(&kind) && version == 3,
        };
        (!is_tls).then_some(&self.first)
    }
}

/// One end of it, for the session.
#[derive(Clone, Default)]
pub(super) struct Wire {
    buffers: Arc<Mutex<Buffers>>,
}

impl Wire {
    /// Looks into the buffers.
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut Buffers) -> R) -> R {
        f(&mut self.buffers.lock())
    }
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.with(|buffers| {
            let rest = buffers.rest();
            if rest.is_empty() && !buf.is_empty() {
                // The session is not to judge what an end means that nobody has announced.
                let is_at_end = buffers.is_at_end;
                let kind = io::ErrorKind::UnexpectedEof;
                return Err(if is_at_end { kind } else { io::ErrorKind::WouldBlock }.into());
            }
            let n_taken = rest.len().min(buf.len());
            buf[..n_taken].copy_from_slice(&rest[..n_taken]);
            buffers.start += n_taken;
            Ok(n_taken)
        })
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.with(|buffers| {
            buffers.outgoing.extend_from_slice(buf);
            buffers.owes = true;
        });
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
