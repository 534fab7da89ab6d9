//! Bodies that come in chunks, each with its size.

use std::io;

use super::body::bad_chunk;

/// How long a line with a size may be, extensions included, and how long all trailers.
const MAX_LINE: usize = 1024;
const MAX_TRAILERS: usize = 8192;

/// Where in a chunked body the reader is.
pub(super) struct Chunks {
    state: State,
}

enum State {
    /// Before the line with a size.
    Size,
    /// In a chunk of which so many bytes are left.
    Data(u64),
    /// After a chunk, before its line end.
    DataEnd,
    /// In the lines after the last chunk, of which there have been so many bytes.
    Trailers(usize),
    End,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Chunks { state: State::Size }
    }

    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.state, State::End)
    }

    /// Passes over what belongs to the framing: says how many bytes that are, and how many of the body
    /// follow; none if more must be received, 0 at the end.
    pub(super) fn look(&mut self, bytes: &[u8]) -> io::Result<(usize, Option<usize>)> {
        let mut n_passed = 0;
        loop {
            let rest = &bytes[n_passed..];
            let n = match self.state {
                State::Size => self.size(rest)?,
                State::DataEnd => self.data_end(rest)?,
                State::Trailers(n_seen) => self.trailer(rest, n_seen)?,
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
            *left -= n as u64;
            if *left == 0 {
                self.state = State::DataEnd;
            }
        }
    }

    fn size(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let Some(line) = line(bytes, MAX_LINE)? else { return Ok(None) };
        let n_digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (digits, extensions) = line.split_at(n_digits);
        let is_fine = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
        // Blanks are allowed before the semicolon of an extension, and nowhere else.
        let has_extension = extensions.trim_ascii_start().first() == Some(&b';');
        if !(extensions.is_empty() || has_extension) || !extensions.iter().all(is_fine) {
            return Err(bad_chunk());
        }
        let digits = std::str::from_utf8(digits).map_err(|_| bad_chunk())?;
        let size = u64::from_str_radix(digits, 16).map_err(|_| bad_chunk())?;
        self.state = if size == 0 { State::Trailers(0) } else { State::Data(size) };
        Ok(Some(line.len() + 2))
    }

    fn data_end(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match bytes {
            [] | [b'\r'] => Ok(None),
            [b'\r', b'\n', ..] => {
                self.state = State::Size;
                Ok(Some(2))
            }
            _ => Err(bad_chunk()),
        }
    }

    /// Trailers are checked and dropped.
    fn trailer(&mut self, bytes: &[u8], n_seen: usize) -> io::Result<Option<usize>> {
        let Some(line) = line(bytes, MAX_TRAILERS.saturating_sub(n_seen))? else { return Ok(None) };
        if line.is_empty() {
            self.state = State::End;
        } else {
            check_trailer(line)?;
            self.state = State::Trailers(n_seen + line.len() + 2);
        }
        Ok(Some(line.len() + 2))
    }
}

/// The first line, without its end; none if the end has not come.
fn line(bytes: &[u8], longest: usize) -> io::Result<Option<&[u8]>> {
    let seen = &bytes[..bytes.len().min(longest + 2)];
    match seen.iter().position(|&byte| byte == b'\r' || byte == b'\n') {
        Some(end) if seen[end..].starts_with(b"\r\n") => Ok(Some(&bytes[..end])),
        // Its line feed may follow.
        Some(end) if seen[end..] == *b"\r" && end <= longest => Ok(None),
        Some(_) => Err(bad_chunk()),
        None if bytes.len() > longest => Err(bad_chunk()),
        None => Ok(None),
    }
}

fn check_trailer(line: &[u8]) -> io::Result<()> {
    let mut headers = [httparse::EMPTY_HEADER; 1];
    let mut text = line.to_vec();
    text.extend_from_slice(b"\r\n\r\n");
    match httparse::parse_headers(&text, &mut headers) {
        Ok(httparse::Status::Complete(_)) => Ok(()),
        _ => Err(bad_chunk()),
    }
}
