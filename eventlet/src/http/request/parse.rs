//! From bytes to the head of a request.

use ::http::{Method, StatusCode, Version};

use super::framing::{self, Framing};
use super::head::{Head, Part};
use super::{BadRequest, bad, scratch, target};
use crate::http::settings::Limits;

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
    if request.first() == Some(&b'\n') {
        return Err(bad("a line ends without CR"));
    }
    let Some(length) = read(request, limits, head)? else {
        check_unfinished(request, limits)?;
        return Ok(None);
    };
    check_lines(head, limits)?;
    framing::decide(head)?;
    if let Framing::Length(length) = head.framing
        && length > limits.body
    {
        return Err(BadRequest::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    }
    Ok(Some(n_blank * 2 + length))
}

fn read(request: &[u8], limits: &Limits, head: &mut Head) -> Result<Option<usize>, BadRequest> {
    // There are not more of them than bytes, whatever the limit.
    let n_headers = limits.n_headers.min(request.len());
    let mut headers = scratch::take(n_headers);
    let room = &mut headers.spare_capacity_mut()[..n_headers];
    let mut parsed = httparse::Request::new(&mut []);
    let length = match parsed.parse_with_uninit_headers(request, room) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::Version) => return read_other_version(request, limits, head),
        Err(error) => return Err(refusal(error)),
    };
    fill(head, &request[..length], &parsed)?;
    scratch::give_back(headers);
    Ok(Some(length))
}

/// Makes it the head that was parsed.
fn fill(
    head: &mut Head,
    request: &[u8],
    parsed: &httparse::Request<'_, '_>,
) -> Result<(), BadRequest> {
    head.begin(request);
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
    Ok(())
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

/// Refuses line ends that others may understand differently, and lines that are too long. Where lines
/// begin is known, before that the parser accepts LF alone, and CR it accepts nowhere else.
fn check_lines(head: &Head, limits: &Limits) -> Result<(), BadRequest> {
    let bytes = &*head.bytes;
    let names = head.fields.iter().map(|(name, _)| name.start as usize);
    let (mut start, mut longest) = (0, limits.request_line);
    for next in names.chain([bytes.len() - b"\r\n".len(), bytes.len()]) {
        let end = next - b"\r\n".len();
        if bytes[end] != b'\r' {
            return Err(bad("a line ends without CR"));
        }
        if end - start > longest {
            return Err(too_long(start == 0));
        }
        if start == 0 && bytes.len() - end - b"\r\n\r\n".len() > limits.headers {
            return Err(too_long(false));
        }
        (start, longest) = (next, limits.header_line);
    }
    Ok(())
}

/// Refuses a head that is too long already. A CR that its last line ends with may be of its line end.
fn check_unfinished(buffer: &[u8], limits: &Limits) -> Result<(), BadRequest> {
    let is_over = |n_bytes: usize, limit| n_bytes.saturating_sub(b"\r".len()) > limit;
    let line_end = buffer.iter().position(|&byte| byte == b'\n');
    if is_over(line_end.unwrap_or(buffer.len()), limits.request_line) {
        return Err(too_long(true));
    }
    let headers = line_end.map_or(&[][..], |end| &buffer[end + 1..]);
    let last_line = headers.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    if is_over(last_line.len(), limits.header_line) || is_over(headers.len(), limits.headers) {
        return Err(too_long(false));
    }
    Ok(())
}

fn too_long(is_request_line: bool) -> BadRequest {
    if is_request_line {
        BadRequest::new(StatusCode::URI_TOO_LONG, "the request line is too long")
    } else {
        BadRequest::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")
    }
}
