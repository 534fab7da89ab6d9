//! From bytes to the head of a request.

use std::mem::MaybeUninit;

use ::http::{Method, StatusCode, Version};

use super::framing::{self, Framing};
use super::head::{Head, Part};
use super::{BadRequest, bad, target};
use crate::http::settings::Limits;

/// How many headers are read without asking for memory.
const N_HEADERS: usize = 100;

/// How many empty lines may come before a request. Some clients send one after a body.
const N_BLANK: usize = 8;

/// Reads a head from the beginning of `buffer`, if it is there as a whole, and says how long it is.
///
/// # Errors
///
/// What is refused is never accepted when more has come, and so the connection cannot go on.
pub(crate) fn parse(
    buffer: &[u8],
    limits: &Limits,
    head: &mut Head,
) -> Result<Option<usize>, BadRequest> {
    let n_blank = buffer.chunks(2).take_while(|pair| *pair == b"\r\n").count();
    if n_blank > N_BLANK {
        return Err(bad("empty lines before the request"));
    }
    let request = &buffer[n_blank * 2..];
    let Some(length) = read(request, limits, head)? else {
        check_unfinished(request, limits)?;
        return Ok(None);
    };
    check_lines(&request[..length], limits)?;
    framing::decide(head)?;
    if let Framing::Length(length) = head.framing
        && length > limits.body
    {
        return Err(BadRequest::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    }
    Ok(Some(n_blank * 2 + length))
}

fn read(request: &[u8], limits: &Limits, head: &mut Head) -> Result<Option<usize>, BadRequest> {
    let mut few = [const { MaybeUninit::uninit() }; N_HEADERS];
    let mut many = Vec::new();
    let headers = few.get_mut(..limits.n_headers).unwrap_or_else(|| {
        many.resize(limits.n_headers, MaybeUninit::uninit());
        &mut many
    });
    let mut parsed = httparse::Request::new(&mut []);
    let length = match parsed.parse_with_uninit_headers(request, headers) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::Version) => return read_other_version(request, limits, head),
        Err(error) => return Err(refusal(error)),
    };
    head.begin(&request[..length]);
    let part = |bytes: &[u8]| {
        // All are parts of the request.
        let start = (bytes.as_ptr() as usize - request.as_ptr() as usize) as u32;
        Part { start, end: start + bytes.len() as u32 }
    };
    let method = parsed.method.unwrap_or_default();
    head.method = Method::from_bytes(method.as_bytes()).map_err(|_| bad("malformed method"))?;
    let target = parsed.path.unwrap_or_default();
    target::check(target.as_bytes(), &head.method)?;
    head.target = part(target.as_bytes());
    head.version = match parsed.version {
        Some(1) => Version::HTTP_11,
        _ => Version::HTTP_10,
    };
    let fields = parsed.headers.iter();
    head.fields.extend(fields.map(|field| (part(field.name.as_bytes()), part(field.value))));
    Ok(Some(length))
}

fn refusal(error: httparse::Error) -> BadRequest {
    match error {
        httparse::Error::TooManyHeaders => {
            BadRequest::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "too many headers")
        }
        httparse::Error::HeaderName => bad("malformed header name"),
        httparse::Error::HeaderValue => bad("malformed header value"),
        _ => bad("malformed request"),
    }
}

/// Reads a head whose version is neither 1.0 nor 1.1: a later 1.x is understood as 1.1.
fn read_other_version(
    request: &[u8],
    limits: &Limits,
    head: &mut Head,
) -> Result<Option<usize>, BadRequest> {
    let line = request.split(|&byte| byte == b'\r').next().unwrap_or_default();
    let version = line.splitn(3, |&byte| byte == b' ').nth(2).unwrap_or_default();
    match version {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9'] if line.len() < request.len() => {
            let mut request = request.to_vec();
            request[line.len() - 1] = b'1';
            read(&request, limits, head)
        }
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9']
            if line.len() < request.len() =>
        {
            Err(BadRequest::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "another version of HTTP"))
        }
        _ if line.len() == request.len() && begins_version(version) => Ok(None),
        _ => Err(bad("malformed version")),
    }
}

/// Whether this may become a version, which then can be told from something malformed.
fn begins_version(text: &[u8]) -> bool {
    let is_fine = |(byte, &model): (&u8, &u8)| match model {
        b'0' => byte.is_ascii_digit(),
        _ => *byte == model,
    };
    let model = b"HTTP/0.0";
    text.len() <= model.len() && text.iter().zip(model).all(is_fine)
}

/// Refuses line ends that others may understand differently, and lines that are too long.
fn check_lines(head: &[u8], limits: &Limits) -> Result<(), BadRequest> {
    if head.len() <= limits.shortest() && has_clear_ends(head) {
        return Ok(());
    }
    let mut start = 0;
    let mut longest = limits.request_line;
    let mut is_first = true;
    while start < head.len() {
        let length = head[start..].iter().position(|&byte| byte == b'\n').unwrap_or(0);
        let line = &head[start..start + length];
        let [text @ .., b'\r'] = line else { return Err(bad("a line ends without CR")) };
        if text.contains(&b'\r') {
            return Err(bad("CR within a line"));
        }
        if text.len() > longest {
            return Err(too_long(is_first));
        }
        if is_first && head.len() - length > limits.headers + 4 {
            return Err(too_long(false));
        }
        (is_first, longest) = (false, limits.header_line);
        start += length + 1;
    }
    Ok(())
}

/// Whether CR and LF only come together. All bytes are looked at, which the compiler does many at a
/// time.
fn has_clear_ends(head: &[u8]) -> bool {
    let pairs = head.iter().zip(head.get(1..).unwrap_or_default());
    let is_clear = pairs
        .fold(true, |is_clear, (&byte, &next)| is_clear & ((byte == b'\r') == (next == b'\n')));
    is_clear && head.first() != Some(&b'\n') && head.last() != Some(&b'\r')
}

/// Refuses a head that is too long already.
fn check_unfinished(buffer: &[u8], limits: &Limits) -> Result<(), BadRequest> {
    let line_end = buffer.iter().position(|&byte| byte == b'\n');
    match line_end {
        None if buffer.len() > limits.request_line + 1 => Err(too_long(true)),
        Some(end) if end > limits.request_line + 1 => Err(too_long(true)),
        Some(end) => {
            let last_line = buffer.rsplit(|&byte| byte == b'\n').next().map_or(0, <[u8]>::len);
            let is_long =
                last_line > limits.header_line + 1 || buffer.len() - end > limits.headers + 4;
            if is_long { Err(too_long(false)) } else { Ok(()) }
        }
        None => Ok(()),
    }
}

fn too_long(is_request_line: bool) -> BadRequest {
    if is_request_line {
        BadRequest::new(StatusCode::URI_TOO_LONG, "the request line is too long")
    } else {
        BadRequest::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")
    }
}
