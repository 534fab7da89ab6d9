//! Bodies that come in chunks, each with its size.

use ::http::StatusCode;

use super::extensions;
use super::{BadRequest, bad};
use crate::http::settings::Limits;

/// How long a line with a size may be, and how long all extensions of a body together.
const MAX_LINE: usize = 1024;
const MAX_EXTENSIONS: usize = 16_384;

/// Where in a chunked body the reader is.
pub(super) struct Chunks {
    state: State,
    /// How many bytes of extensions there have been: nobody is to send a body that consists of them.
    n_extensions: usize,
}

#[derive(Clone, Copy)]
enum State {
    /// Before the line with a size.
    Size,
    /// In a chunk of which so many bytes are left.
    Data(u64),
    /// After a chunk, before its line end.
    DataEnd,
    /// In the lines after the last chunk.
    Trailers(Trailers),
    End,
}

/// What there has been of the lines after the last chunk.
#[derive(Clone, Copy, Default)]
struct Trailers {
    n_lines: usize,
    n_bytes: usize,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Chunks { state: State::Size, n_extensions: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.state, State::End)
    }

    /// How many bytes of the current chunk are still to come.
    pub(super) fn left(&self) -> u64 {
        if let State::Data(left) = self.state { left } else { 0 }
    }

    /// Passes over what belongs to the framing: says how many bytes that are, and how many of the body
    /// follow; none if more must be received, 0 at the end.
    pub(super) fn look(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<(usize, Option<usize>), BadRequest> {
        let mut n_passed = 0;
        loop {
            let rest = &bytes[n_passed..];
            let n = match self.state {
                State::Size => self.size(rest)?,
                State::DataEnd => self.data_end(rest)?,
                State::Trailers(seen) => self.trailer(rest, seen, limits)?,
                State::End => return Ok((n_passed, Some(0))),
                State::Data(left) => {
                    let n = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    return Ok((n_passed, (n > 0).then_some(n)));
                }
            };
            let Some(n) = n else { return Ok((n_passed, None)) };
            n_passed += n;
        }
    }

    /// So many bytes of the body have been read.
    pub(super) fn consume(&mut self, n: usize) {
        if let State::Data(left) = &mut self.state {
            *left = left.checked_sub(n as u64).expect("no more is consumed than there was");
            if *left == 0 {
                self.state = State::DataEnd;
            }
        }
    }

    fn size(&mut self, bytes: &[u8]) -> Result<Option<usize>, BadRequest> {
        let line = match line(bytes, MAX_LINE)? {
            Line::Whole(line) => line,
            Line::Unfinished => return Ok(None),
            Line::TooLong => return Err(bad("the line of a chunk's size is too long")),
        };
        let n_digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (digits, extensions) = line.split_at(n_digits);
        self.n_extensions += extensions.len();
        if !extensions::are_well_formed(extensions) || self.n_extensions > MAX_EXTENSIONS {
            return Err(bad("malformed chunk extension"));
        }
        let size = std::str::from_utf8(digits).ok();
        let size = size.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        self.state = match size {
            None => return Err(bad("malformed chunk size")),
            Some(0) => State::Trailers(Trailers::default()),
            Some(size) => State::Data(size),
        };
        Ok(Some(line.len() + 2))
    }

    fn data_end(&mut self, bytes: &[u8]) -> Result<Option<usize>, BadRequest> {
        match bytes {
            [] | [b'\r'] => Ok(None),
            [b'\r', b'\n', ..] => {
                self.state = State::Size;
                Ok(Some(2))
            }
            _ => Err(bad("a chunk does not end where it should")),
        }
    }

    /// Trailers are checked and dropped.
    fn trailer(
        &mut self,
        bytes: &[u8],
        mut seen: Trailers,
        limits: &Limits,
    ) -> Result<Option<usize>, BadRequest> {
        let longest = limits.header_line.min(limits.headers.saturating_sub(seen.n_bytes));
        let line = match line(bytes, longest)? {
            Line::Whole(line) => line,
            Line::Unfinished => return Ok(None),
            Line::TooLong => return Err(too_many_trailers()),
        };
        let length = line.len() + 2;
        if line.is_empty() {
            self.state = State::End;
            return Ok(Some(length));
        }
        check_trailer(&bytes[..length])?;
        seen.n_lines += 1;
        seen.n_bytes += length;
        if seen.n_lines > limits.n_headers {
            return Err(too_many_trailers());
        }
        self.state = State::Trailers(seen);
        Ok(Some(length))
    }
}

/// The beginning of what has been received, up to a line end.
enum Line<'a> {
    /// Without its end.
    Whole(&'a [u8]),
    /// Its end has not come.
    Unfinished,
    TooLong,
}

fn line(bytes: &[u8], longest: usize) -> Result<Line<'_>, BadRequest> {
    let seen = &bytes[..bytes.len().min(longest.saturating_add(2))];
    match seen.iter().position(|&byte| byte == b'\r' || byte == b'\n') {
        Some(end) if end > longest => Ok(Line::TooLong),
        Some(end) if seen[end..].starts_with(b"\r\n") => Ok(Line::Whole(&bytes[..end])),
        // Its line feed may follow.
        Some(end) if seen[end..] == *b"\r" => Ok(Line::Unfinished),
        Some(_) => Err(bad("CR or LF alone in a chunked body")),
        None if seen.len() > longest => Ok(Line::TooLong),
        None => Ok(Line::Unfinished),
    }
}

/// Refuses what is no header; `line` has its end.
fn check_trailer(line: &[u8]) -> Result<(), BadRequest> {
    let mut headers = [httparse::EMPTY_HEADER; 1];
    // Another line may follow and continue this one: that is refused when it comes.
    match httparse::parse_headers(line, &mut headers) {
        Ok(httparse::Status::Partial) => Ok(()),
        _ => Err(bad("malformed trailer")),
    }
}

fn too_many_trailers() -> BadRequest {
    BadRequest::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the trailers are too long")
}
