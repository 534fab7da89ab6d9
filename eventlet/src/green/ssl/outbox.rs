//! What has been encrypted and is on its way out.

use std::io;

use super::Transport;
use super::wire::Wire;

/// The bytes that the one who sends has in hand. They stay if he is killed or runs out of time, and
/// whoever comes next goes on where he was.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// As many of them are sent.
    n_sent: usize,
    /// The transport may keep some of them until it is flushed.
    is_unflushed: bool,
    /// A write is under way. If it still is when the next one begins, it was given up in the middle,
    /// and nobody knows how much it wrote.
    is_writing: bool,
}

/// A buffer that has grown beyond this is given back when it is empty.
const KEPT: usize = 4096;

impl Outbox {
    /// Sends all that the session wants to be sent.
    ///
    /// # Errors
    ///
    /// Fails as the transport does, with "would block" if it has no room.
    pub(super) fn send(&mut self, wire: &Wire, transport: &impl Transport) -> io::Result<()> {
        loop {
            while self.n_sent < self.bytes.len() {
                self.n_sent += self.write(transport)?;
            }
            if self.is_unflushed {
                transport.try_flush()?;
                self.is_unflushed = false;
            }
            if self.bytes.capacity() > KEPT {
                self.bytes = Vec::new();
            }
            self.bytes.clear();
            self.n_sent = 0;
            wire.with(|buffers| buffers.swap_outgoing(&mut self.bytes));
            if self.bytes.is_empty() {
                return Ok(());
            }
        }
    }

    fn write(&mut self, transport: &impl Transport) -> io::Result<usize> {
        if self.is_writing {
            let text = "an earlier write of this TLS stream was given up in the middle";
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, text));
        }
        self.is_writing = true;
        let written = transport.try_write(&self.bytes[self.n_sent..]);
        self.is_writing = false;
        self.is_unflushed = true;
        match written {
            Ok(0) => Err(io::ErrorKind::WriteZero.into()),
            other => other,
        }
    }
}
