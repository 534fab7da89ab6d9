//! Bodies that are made while they are sent.

use std::io::{self, Read, Write};

use super::encode::chunk_size;
use crate::http::request::Incoming;
use crate::http::wire::Wire;

/// How the client knows where the body ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// There is none.
    Nothing,
    /// It was told the length.
    Counted(u64),
    Chunked,
    /// The connection ends with it.
    UntilClose,
}

/// Where a body is written to, by what [`Response::written_by`](super::Response::written_by) was given.
///
/// What is written is sent when it is enough to be worth it, or by `flush`.
///
/// It is also [`Read`]: what the application has left of the request's body. What has been written is
/// sent before that is waited for. A client that asks before it sends a body (`Expect: 100-continue`)
/// is not told any more to go on: the response is what it waits for.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::http::{Request, Response, Server};
///
/// let shout = |_: &mut Request| {
///     Response::written_by(|body| {
///         let mut buf = [0; 4096];
///         loop {
///             match body.read(&mut buf)? {
///                 0 => return Ok(()),
///                 n => body.write_all(&buf[..n].to_ascii_uppercase())?,
///             }
///         }
///     })
/// };
/// let put = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
/// assert!(Server::new(shout).ask(put)?.ends_with("\r\n5\r\nHELLO\r\n0\r\n\r\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct BodyWriter<'a> {
    wire: &'a mut Wire,
    /// The body of the request.
    incoming: &'a mut Incoming,
    mode: Mode,
    /// What is to become a chunk.
    pending: Vec<u8>,
    min_chunk: usize,
    n_bytes: u64,
}

impl<'a> BodyWriter<'a> {
    pub(super) fn new(
        wire: &'a mut Wire,
        incoming: &'a mut Incoming,
        mode: Mode,
        min_chunk: usize,
    ) -> Self {
        BodyWriter { wire, incoming, mode, pending: Vec::new(), min_chunk, n_bytes: 0 }
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Ends the body.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.send_pending()?;
        match self.mode {
            Mode::Counted(length) if self.n_bytes != length => {
                let text = "the body is shorter than its Content-Length";
                Err(io::Error::new(io::ErrorKind::InvalidData, text))
            }
            Mode::Chunked => {
                self.wire.output.extend_from_slice(b"0\r\n\r\n");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn send_pending(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let is_chunked = self.mode == Mode::Chunked;
        if is_chunked {
            chunk_size(&mut self.wire.output, self.pending.len());
        }
        self.wire.send_also(&self.pending)?;
        if is_chunked {
            self.wire.output.extend_from_slice(b"\r\n");
        }
        self.pending.clear();
        Ok(())
    }
}

impl Read for BodyWriter<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.send_pending()?;
        self.incoming.is_awaited = false;
        self.incoming.read(self.wire, buf)
    }
}

impl Write for BodyWriter<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if let Mode::Counted(length) = self.mode
            && self.n_bytes + buf.len() as u64 > length
        {
            let text = "the body is longer than its Content-Length";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        self.pending.extend_from_slice(buf);
        self.n_bytes += buf.len() as u64;
        if self.pending.len() >= self.min_chunk.max(1) {
            self.send_pending()?;
            self.wire.flush()?;
        }
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send_pending()?;
        self.wire.flush()
    }
}
