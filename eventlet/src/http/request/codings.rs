//! Transfer codings: whether a body comes in chunks.

use ::http::StatusCode;

use super::{BadRequest, bad};

/// What the lines of `Transfer-Encoding` say, one after the other.
#[derive(Default)]
pub(super) struct Codings {
    n_codings: usize,
    n_chunked: usize,
    /// Whether the last one is `chunked`.
    ends_chunked: bool,
}

impl Codings {
    /// Reads another line.
    ///
    /// Lists may have empty elements and white space of many kinds, but here only someone who wants
    /// to be misunderstood sends them.
    pub(super) fn add(&mut self, value: &[u8]) -> Result<(), BadRequest> {
        for coding in value.split(|&byte| byte == b',') {
            let name = coding.trim_ascii();
            if name.is_empty() || !name.iter().all(is_token) {
                return Err(bad("malformed Transfer-Encoding"));
            }
            self.ends_chunked = name.eq_ignore_ascii_case(b"chunked");
            self.n_chunked += usize::from(self.ends_chunked);
            self.n_codings += 1;
        }
        Ok(())
    }

    /// Refuses all but `chunked`. Where that is not last, nobody knows where the body ends.
    pub(super) fn check(&self) -> Result<(), BadRequest> {
        if self.n_chunked != 1 || !self.ends_chunked {
            return Err(bad("chunked must be the last transfer coding, once"));
        }
        if self.n_codings != 1 {
            return Err(BadRequest::new(StatusCode::NOT_IMPLEMENTED, "unknown transfer coding"));
        }
        Ok(())
    }
}

/// What names are made of.
pub(super) fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}
