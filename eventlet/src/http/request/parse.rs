//! From bytes to the head of a request.

use std::mem::MaybeUninit;

use ::http::{Method, StatusCode, Version};

use super::framing::{self, Framing};
use super::head::{Head, Part};
use super::{BadRequest, bad};
use crate::http::settings::Limits;

/// How many headers are read without asking for memory.
const N_HEADERS: usize = 100;

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
    // Empty lines may come before a request, and count for its line.
    let blank = buffer.chunks(2).take_while(|pair| *pair == b"\r\n").count() * 2;
    let request = &buffer[blank..];
    let parsed = if limits.n_headers <= N_HEADERS {
        let mut headers = [const { MaybeUninit::uninit() }; N_HEADERS];
        read(request, &mut headers[..limits.n_headers], head)
    } else {
        read(request, &mut vec![MaybeUninit::uninit(); limits.n_headers], head)
    };
    let Some(length) = parsed? else {
        check_unfinished(buffer, limits)?;
        return Ok(None);
    };
    check_lines(&request[..length], blank, limits)?;
    framing::decide(head)?;
    if let Framing::Length(length) = head.framing
        && length > limits.body
    {
        return Err(BadRequest::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    }
    Ok(Some(blank + length))
}

fn read<'b>(
    request: &'b [u8],
    headers: &mut [MaybeUninit<httparse::Header<'b>>],
    head: &mut Head,
) -> Result<Option<usize>, BadRequest> {
    let mut parsed = httparse::Request::new(&mut []);
    let length = match parsed.parse_with_uninit_headers(request, headers) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(refusal(error, request)),
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
    check_target(target, &head.method)?;
    head.target = part(target.as_bytes());
    head.version = match parsed.version {
        Some(1) => Version::HTTP_11,
        _ => Version::HTTP_10,
    };
    let fields = parsed.headers.iter();
    head.fields.extend(fields.map(|field| (part(field.name.as_bytes()), part(field.value))));
    Ok(Some(length))
}

fn refusal(error: httparse::Error, request: &[u8]) -> BadRequest {
    match error {
        httparse::Error::TooManyHeaders => {
            BadRequest::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "too many headers")
        }
        httparse::Error::Version if names_another_version(request) => {
            BadRequest::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "another version of HTTP")
        }
        httparse::Error::Version => bad("malformed version"),
        httparse::Error::HeaderName => bad("malformed header name"),
        httparse::Error::HeaderValue => bad("malformed header value"),
        _ => bad("malformed request"),
    }
}

/// Whether the first line ends by `HTTP/x.y`, x not being 1.
fn names_another_version(request: &[u8]) -> bool {
    let line = request.split(|&byte| byte == b'\r').next().unwrap_or_default();
    let version = line.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    matches!(version, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit() && *major != b'1')
}

/// A path, an absolute address, for `CONNECT` an authority, for `OPTIONS` perhaps an asterisk.
fn check_target(target: &str, method: &Method) -> Result<(), BadRequest> {
    let is_visible = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    let is_right_form = match target.as_bytes() {
        _ if *method == Method::CONNECT => !target.starts_with('/') && target.contains(':'),
        [b'/', ..] => true,
        b"*" => *method == Method::OPTIONS,
        _ => target.contains("://"),
    };
    if is_right_form && target.bytes().all(is_visible) {
        Ok(())
    } else {
        Err(bad("malformed target"))
    }
}

/// Refuses line ends that others may understand differently, and lines that are too long.
fn check_lines(head: &[u8], blank: usize, limits: &Limits) -> Result<(), BadRequest> {
    let mut start = 0;
    let mut longest = limits.request_line.saturating_sub(blank);
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

/// Refuses a head that is too long already.
fn check_unfinished(buffer: &[u8], limits: &Limits) -> Result<(), BadRequest> {
    let line_end = buffer.iter().position(|&byte| byte == b'\n');
    match line_end {
        None if buffer.len() > limits.request_line => Err(too_long(true)),
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
