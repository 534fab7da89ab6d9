//! Sending.

use std::cell::Cell;
use std::io;
use std::mem;
use std::time::Duration;

use super::Wire;
use crate::http::spare::{self, Spare};
use crate::hub::{self, Hub, Time};

/// What is joined before it is sent, when more is to follow.
const BATCH: usize = 65_536;

/// Buffers that have grown beyond this are not kept.
const LARGE: usize = 32_768;

thread_local! {
    static BUFFERS: Spare<Vec<u8>> = const { Spare::new() };
}

impl Wire {
    /// Sends all that is to go out, and fails if the client takes it too slowly.
    pub(in crate::http) fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() && !self.is_torn {
            return Ok(());
        }
        let mut output = mem::take(&mut self.output);
        let sent = self.send(&output);
        if output.capacity() <= LARGE {
            output.clear();
            spare::keep(&BUFFERS, output);
        }
        sent
    }

    /// Sends what is to go out and then `bytes`, which are not copied if they are many.
    pub(in crate::http) fn send_also(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.output.len() + bytes.len() <= BATCH / 4 {
            self.output.extend_from_slice(bytes);
            return Ok(());
        }
        self.flush()?;
        self.send(bytes)
    }

    /// From now on a response is put out, which can be taken back.
    pub(in crate::http) fn begin_response(&mut self) {
        if self.output.capacity() == 0 {
            self.output = spare::take(&BUFFERS).unwrap_or_default();
        }
        self.response_start = Some(self.output.len());
        (self.n_sent, self.waited) = (0, Duration::ZERO);
    }

    /// Takes back the response that is being put out, unless some of it has been sent; says whether
    /// it has.
    pub(in crate::http) fn take_back_response(&mut self) -> bool {
        let start = self.response_start.take();
        start.inspect(|&start| self.output.truncate(start)).is_some()
    }

    /// Sends what is to go out if it is much.
    pub(in crate::http) fn flush_if_full(&mut self) -> io::Result<()> {
        if self.output.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Several writes are to follow each other without waiting for acknowledgements.
    pub(in crate::http) fn expect_small_writes(&mut self) {
        if !self.is_nodelay {
            self.is_nodelay = true;
            self.stream.set_nodelay();
        }
    }

    /// Sends `bytes`; nothing more after a failure, or after having been interrupted.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_torn {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.response_start = None;
        self.is_torn = true;
        let sent = self.send_all(bytes);
        self.is_torn = sent.is_err();
        sent
    }

    fn send_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            // What is sent at once, as most responses are, needs no clock.
            let begun = Cell::new(None);
            let n_sent = self.send_some(bytes, || {
                let now = hub::with(Hub::now);
                begun.set(Some(now));
                self.patience(now, self.waited, self.n_sent)
            })?;
            if let Some(begun) = begun.get() {
                self.waited += hub::with(Hub::now).since(begun);
            }
            self.n_sent += n_sent as u64;
            bytes = &bytes[n_sent..];
        }
        Ok(())
    }

    fn send_some(&self, bytes: &[u8], by: impl Fn() -> Time) -> io::Result<usize> {
        loop {
            match self.stream.write_until(bytes, &by) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}
