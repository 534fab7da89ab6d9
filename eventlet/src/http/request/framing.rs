//! Where a request's body ends, whether the connection goes on, and what else its headers decide.

use ::http::{Method, StatusCode, Version};

use super::authority::is_authority;
use super::codings::Codings;
use super::head::Head;
use super::{BadRequest, bad};

/// Where the body ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
}

impl Default for Framing {
    fn default() -> Self {
        Framing::Length(0)
    }
}

/// What has been seen so far of the headers that decide.
#[derive(Default)]
struct Seen {
    n_hosts: u32,
    length: Option<u64>,
    codings: Option<Codings>,
    close: bool,
    keep_alive: bool,
    expects_continue: bool,
}

/// Reads the headers that decide, and refuses what may be understood in more than one way.
pub(super) fn decide(head: &mut Head) -> Result<(), BadRequest> {
    let mut seen = Seen::default();
    for (name, value) in head.fields() {
        seen.look_at(name, value)?;
    }
    let is_1_1 = head.version == Version::HTTP_11;
    if is_1_1 && seen.n_hosts != 1 || seen.n_hosts > 1 {
        return Err(bad("there must be one Host"));
    }
    head.framing = match (&seen.codings, seen.length) {
        (Some(_), Some(_)) => return Err(bad("both Content-Length and Transfer-Encoding")),
        (Some(_), None) if !is_1_1 => return Err(bad("Transfer-Encoding in HTTP/1.0")),
        (Some(codings), None) => {
            codings.check()?;
            Framing::Chunked
        }
        (None, length) => Framing::Length(length.unwrap_or(0)),
    };
    let has_body = head.framing != Framing::Length(0);
    head.keep_alive = !seen.close && (is_1_1 || seen.keep_alive) && head.method != Method::CONNECT;
    head.asks_to_keep_alive = head.keep_alive && seen.keep_alive;
    head.expects_continue = seen.expects_continue && is_1_1 && has_body;
    Ok(())
}

impl Seen {
    fn look_at(&mut self, name: &[u8], value: &[u8]) -> Result<(), BadRequest> {
        // Most headers are none of these, which the length tells.
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.host(value),
            6 if name.eq_ignore_ascii_case(b"expect") => self.expect(value),
            10 if name.eq_ignore_ascii_case(b"connection") => self.connection(value),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.content_length(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => self.transfer_encoding(value),
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), BadRequest> {
        self.n_hosts += 1;
        if is_authority(value) { Ok(()) } else { Err(bad("malformed Host")) }
    }

    fn expect(&mut self, value: &[u8]) -> Result<(), BadRequest> {
        if !value.eq_ignore_ascii_case(b"100-continue") {
            return Err(BadRequest::new(StatusCode::EXPECTATION_FAILED, "unknown expectation"));
        }
        self.expects_continue = true;
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) -> Result<(), BadRequest> {
        for option in tokens(value) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
        Ok(())
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), BadRequest> {
        if self.length.is_some() {
            return Err(bad("more than one Content-Length"));
        }
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Err(bad("malformed Content-Length"));
        }
        let digits = std::str::from_utf8(value).ok();
        let length = digits.and_then(|digits| digits.parse().ok());
        self.length = Some(length.ok_or_else(|| bad("Content-Length out of range"))?);
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), BadRequest> {
        self.codings.get_or_insert_default().add(value)
    }
}

/// The elements of a list, without the blanks around them.
pub(super) fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let trimmed = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    trimmed.filter(|token| !token.is_empty())
}
