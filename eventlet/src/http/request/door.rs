//! Requests that are read without a connection: for tests that try to confuse the reader.

use ::http::Version;

use super::chunked::Chunks;
use super::framing::Framing;
use super::head::Head;
use super::parse;
use crate::http::settings::Limits;

/// What is read of a head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// Bytes up to the body.
    pub length: usize,
    pub method: String,
    pub target: String,
    /// Whether it is HTTP/1.1, or else 1.0.
    pub is_1_1: bool,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// Bytes of the body, unless it comes in chunks.
    pub body: Option<u64>,
    pub keep_alive: bool,
    pub expects_continue: bool,
}

/// Reads a head, if it is there as a whole. An error is the status of the answer.
pub fn parse_head(bytes: &[u8]) -> Result<Option<Parsed>, u16> {
    let mut head = Head::new();
    let length = parse::parse(bytes, &Limits::default(), &mut head);
    let length = length.map_err(|refused| refused.status.as_u16())?;
    Ok(length.map(|length| Parsed {
        length,
        method: head.method.to_string(),
        target: head.target().to_owned(),
        is_1_1: head.version == Version::HTTP_11,
        headers: head.fields().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
        body: match head.framing {
            Framing::Length(length) => Some(length),
            Framing::Chunked => None,
        },
        keep_alive: head.keep_alive,
        expects_continue: head.expects_continue,
    }))
}

/// Reads a body in chunks that is received piece by piece: what it is, and how many bytes it took, if
/// it is there as a whole.
pub fn read_chunked<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Option<(Vec<u8>, usize)>, u16> {
    let (mut chunks, limits) = (Chunks::new(), Limits::default());
    let (mut received, mut body, mut n_used) = (Vec::new(), Vec::new(), 0);
    for piece in pieces {
        received.extend_from_slice(piece);
        loop {
            let (n_framing, n) = chunks
                .look(&received[n_used..], &limits)
                .map_err(|refused| refused.status.as_u16())?;
            n_used += n_framing;
            match n {
                None => break,
                Some(0) => return Ok(Some((body, n_used))),
                Some(n) => {
                    body.extend_from_slice(&received[n_used..n_used + n]);
                    chunks.consume(n);
                    n_used += n;
                }
            }
        }
    }
    Ok(None)
}
