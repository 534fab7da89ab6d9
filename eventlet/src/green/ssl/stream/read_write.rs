//! Reading and writing.

use std::io::{self, Read, Write};

use super::{TlsStream, count_call};
use crate::green::ssl::Transport;
use crate::green::ssl::core::{is_would_block, would_block};

impl<T: Transport> TlsStream<T> {
    fn read_some(&self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        count_call();
        self.be_ready()?;
        self.until(self.read_timeout(), || self.core().try_read(buf), would_block)
    }

    fn write_some(&self, buf: &[u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        count_call();
        self.be_ready()?;
        let written =
            self.until(self.write_timeout(), || self.core().try_write(buf), would_block)?;
        match self.send_on() {
            // They are taken, and go before the next ones do.
            Err(error) if !is_would_block(&error) => Err(error),
            _ => Ok(written),
        }
    }

    /// Waits until all is sent that was written.
    pub(super) fn send_on(&self) -> io::Result<()> {
        if !self.core().owes() {
            return Ok(());
        }
        self.until(self.write_timeout(), || self.core().try_flush(), would_block)
    }
}

impl<T: Transport> Read for &TlsStream<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.read_some(buf)
    }
}

impl<T: Transport> Write for &TlsStream<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_some(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_on()
    }
}

impl<T: Transport> Read for TlsStream<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.read_some(buf)
    }
}

impl<T: Transport> Write for TlsStream<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_some(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_on()
    }
}
