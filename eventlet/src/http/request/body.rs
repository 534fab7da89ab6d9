//! The body of a request, read when the application asks for it.

use std::io;
use std::time::Duration;

use ::http::StatusCode;

use super::chunked::Chunks;
use super::framing::Framing;
use super::head::Head;
use super::{BadRequest, bad};
use crate::http::wire::Wire;
use crate::hub::{self, Hub};

/// How much of the body has been read.
pub(crate) struct Body {
    left: Left,
    /// The client waits for `100 Continue`.
    pub(in crate::http) is_awaited: bool,
    n_read: u64,
    /// How long the client has been waited for. The time between is the application's.
    waited: Duration,
}

/// What is still to come.
enum Left {
    Length(u64),
    Chunked(Chunks),
    /// Nothing can be read any more, nor can the connection go on.
    Broken(io::ErrorKind, Option<BadRequest>),
}

/// What the application leaves is read if it is no more than this.
const MOST_PASSED: u64 = 1 << 18;

impl Body {
    pub(in crate::http) fn new() -> Self {
        Body { left: Left::Length(0), is_awaited: false, n_read: 0, waited: Duration::ZERO }
    }

    /// Makes it the body that this head announces.
    pub(super) fn begin(&mut self, head: &Head) {
        let left = match head.framing {
            Framing::Length(length) => Left::Length(length),
            Framing::Chunked => Left::Chunked(Chunks::new()),
        };
        *self = Body { left, is_awaited: head.expects_continue, n_read: 0, waited: Duration::ZERO };
    }

    /// Whether all of it has been read.
    pub(super) fn is_at_end(&self) -> bool {
        match &self.left {
            Left::Length(left) => *left == 0,
            Left::Chunked(chunks) => chunks.is_at_end(),
            Left::Broken(..) => false,
        }
    }

    /// What is known of its length.
    pub(super) fn length(&self) -> Option<u64> {
        match self.left {
            Left::Length(left) => Some(self.n_read + left),
            _ => None,
        }
    }

    /// Reads; 0 is the end.
    pub(in crate::http) fn read(&mut self, wire: &mut Wire, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let n_available = self.available(wire)?;
        if n_available == 0 {
            return Ok(0);
        }
        let n = n_available.min(buf.len());
        buf[..n].copy_from_slice(&wire.received()[..n]);
        self.consume(wire, n);
        Ok(n)
    }

    /// How many bytes of it are at the front of what has been received, waiting for at least one; 0
    /// at the end.
    pub(super) fn available(&mut self, wire: &mut Wire) -> io::Result<usize> {
        self.find(wire).inspect_err(|error| {
            let refused = error.get_ref().and_then(|error| error.downcast_ref::<BadRequest>());
            self.left = Left::Broken(error.kind(), refused.copied());
        })
    }

    fn find(&mut self, wire: &mut Wire) -> io::Result<usize> {
        // A client that asks before it sends is told even if it has not waited.
        self.ask(wire)?;
        loop {
            let n_received = wire.received().len();
            match &mut self.left {
                Left::Broken(kind, refused) => return Err(broken(*kind, *refused)),
                Left::Length(0) => return Ok(0),
                Left::Length(left) if n_received > 0 => {
                    return Ok(usize::try_from(*left).unwrap_or(usize::MAX).min(n_received));
                }
                Left::Length(_) => {}
                Left::Chunked(chunks) => {
                    let limits = &wire.settings.limits;
                    let (n_framing, step) = chunks.look(wire.received(), limits)?;
                    if chunks.left() > limits.body.saturating_sub(self.n_read) {
                        return Err(too_large().into());
                    }
                    wire.consume(n_framing);
                    if let Some(n) = step {
                        return Ok(n);
                    }
                }
            }
            self.receive(wire)?;
        }
    }

    fn receive(&mut self, wire: &mut Wire) -> io::Result<()> {
        wire.flush()?;
        let begun = hub::with(Hub::now);
        let deadline = wire.patience(begun, self.waited, self.n_read);
        let received = wire.receive(deadline);
        self.waited += hub::with(Hub::now).since(begun);
        match received {
            Ok(0) => Err(broken(io::ErrorKind::UnexpectedEof, Some(cut_short()))),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Err(broken(io::ErrorKind::TimedOut, Some(BadRequest::timeout())))
            }
            Err(error) => Err(error),
        }
    }

    /// Tells a client that waits for it to go on.
    fn ask(&mut self, wire: &mut Wire) -> io::Result<()> {
        if self.is_awaited {
            self.is_awaited = false;
            wire.output.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
            wire.flush()?;
        }
        Ok(())
    }

    pub(super) fn consume(&mut self, wire: &mut Wire, n: usize) {
        match &mut self.left {
            Left::Length(left) => {
                *left = left.checked_sub(n as u64).expect("no more is consumed than there was");
            }
            Left::Chunked(chunks) => chunks.consume(n),
            Left::Broken(..) => return,
        }
        wire.consume(n);
        self.n_read += n as u64;
    }

    /// Whether the rest could be passed over, as far as is known.
    pub(super) fn can_be_passed(&self) -> bool {
        let is_small = match self.left {
            Left::Length(left) => left <= MOST_PASSED,
            Left::Chunked(_) => true,
            Left::Broken(..) => false,
        };
        is_small && (!self.is_awaited || self.is_at_end())
    }

    /// Why it could not be read, if that is the client's fault.
    pub(super) fn refusal(&self) -> Option<BadRequest> {
        if let Left::Broken(_, refused) = self.left { refused } else { None }
    }

    /// Reads what is left, and says whether that was all and the next request may follow.
    pub(super) fn pass(&mut self, wire: &mut Wire) -> bool {
        let end = self.n_read.saturating_add(MOST_PASSED);
        while self.can_be_passed() && self.n_read <= end {
            match self.available(wire) {
                Ok(0) => return self.is_at_end(),
                Ok(n) => self.consume(wire, n),
                Err(_) => return false,
            }
        }
        false
    }
}

fn broken(kind: io::ErrorKind, refused: Option<BadRequest>) -> io::Error {
    refused.map_or_else(|| kind.into(), |refused| io::Error::new(kind, refused))
}

fn cut_short() -> BadRequest {
    bad("the body is cut short")
}

fn too_large() -> BadRequest {
    BadRequest::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
}
