//! Reading the head of a request or a response.

use std::io;

use ::http::{HeaderMap, HeaderName, HeaderValue};

use super::HandshakeError;
use crate::websocket::Transport;

/// How many header fields there may be.
pub(super) const MAX_FIELDS: usize = 100;
/// How many bytes a head may have.
const MAX_BYTES: usize = 16 * 1024;

const END: &[u8] = b"\r\n\r\n";

/// The bytes of a head, and what was read behind it.
pub(super) struct Head {
    pub(super) bytes: Vec<u8>,
    pub(super) read_ahead: Vec<u8>,
}

/// Reads up to the empty line that ends a head.
pub(super) fn read(stream: &dyn Transport) -> Result<Head, HandshakeError> {
    let mut bytes = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let n = match stream.read(&mut piece) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        // The end may have begun in what was there before.
        let searched = bytes.len().saturating_sub(END.len() - 1);
        bytes.extend_from_slice(&piece[..n]);
        let found = bytes[searched..].windows(END.len()).position(|window| window == END);
        let end = found.map_or(bytes.len(), |at| searched + at + END.len());
        if end > MAX_BYTES {
            return Err(HandshakeError::too_large());
        }
        if found.is_some() {
            let read_ahead = bytes.split_off(end);
            return Ok(Head { bytes, read_ahead });
        }
    }
}

/// The fields of a head.
pub(super) fn headers(fields: &[httparse::Header<'_>]) -> Result<HeaderMap, HandshakeError> {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes());
        let value = HeaderValue::from_bytes(field.value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(HandshakeError::malformed("a header field has bytes it may not have"));
        };
        headers.append(name, value);
    }
    Ok(headers)
}
