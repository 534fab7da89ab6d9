//! From a response to bytes.

use std::io::{self, Write as _};

use ::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, TRANSFER_ENCODING};
use ::http::{HeaderMap, HeaderName, StatusCode};

use super::body::Write;
use super::writer::{BodyWriter, Mode};
use super::{Body, Response};
use crate::greenthread::Exit;
use crate::http::date;
use crate::http::request::{BadRequest, Incoming};
use crate::http::wire::Wire;
use crate::unwind;

/// What decides, besides the response, how it is sent.
#[derive(Clone, Copy)]
pub(in crate::http) struct Outgoing {
    /// The client knows chunks, and connections that go on unless it is said otherwise.
    pub(in crate::http) is_1_1: bool,
    /// Only the head is wanted.
    pub(in crate::http) is_head: bool,
    /// Another request may follow.
    pub(in crate::http) keep_alive: bool,
    /// The client has asked whether it may.
    pub(in crate::http) is_asked: bool,
}

/// How a response went out.
pub(in crate::http) struct Sent {
    pub(in crate::http) n_bytes: u64,
    /// The next response can follow on the same connection.
    pub(in crate::http) keep_alive: bool,
    pub(in crate::http) result: io::Result<()>,
}

/// Sends a response, or leaves it to be sent with the next one.
pub(in crate::http) fn send(
    response: Response,
    wire: &mut Wire,
    incoming: &mut Incoming,
    outgoing: Outgoing,
) -> Sent {
    let mode = mode_of(&response, outgoing);
    let keep_alive = outgoing.keep_alive && mode != Mode::UntilClose && !asks_to_close(&response);
    wire.begin_response();
    encode_head(&response, wire, outgoing, mode, keep_alive);
    let sent = |n_bytes, result: io::Result<()>| Sent {
        n_bytes,
        keep_alive: keep_alive && result.is_ok(),
        result,
    };
    match response.body {
        _ if mode == Mode::Nothing => sent(0, Ok(())),
        Body::Whole(bytes) => {
            let result = wire.send_also(&bytes);
            sent(if result.is_ok() { bytes.len() as u64 } else { 0 }, result)
        }
        Body::Written(write) => {
            wire.expect_small_writes();
            let min_chunk = response.min_chunk_size.unwrap_or(wire.settings.min_chunk_size);
            let mut writer = BodyWriter::new(wire, incoming, mode, min_chunk);
            let result = call(write, &mut writer).and_then(|()| writer.finish());
            sent(writer.n_bytes(), result)
        }
    }
}

/// Has the application write; its panic is an error like others.
fn call(write: Write, writer: &mut BodyWriter<'_>) -> io::Result<()> {
    unwind::catch(|| write(writer)).unwrap_or_else(|payload| {
        if !Exit::is_panic_payload(&payload) {
            // It is killed, or some outer limit has passed.
            unwind::raise(payload);
        }
        let text = unwind::message(&*payload).to_owned();
        unwind::dispose(payload);
        Err(io::Error::other(text))
    })
}

/// How the client is to know where the body ends.
fn mode_of(response: &Response, outgoing: Outgoing) -> Mode {
    let status = response.status;
    let has_none = status.is_informational() || status == 204 || status == 304;
    if has_none || outgoing.is_head || response.is_for_takeover {
        return Mode::Nothing;
    }
    match &response.body {
        Body::Whole(bytes) => Mode::Counted(bytes.len() as u64),
        Body::Written(_) => match declared_length(response) {
            Some(length) => Mode::Counted(length),
            None if outgoing.is_1_1 => Mode::Chunked,
            None => Mode::UntilClose,
        },
    }
}

fn declared_length(response: &Response) -> Option<u64> {
    response.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn asks_to_close(response: &Response) -> bool {
    let values = response.headers.iter().flat_map(|headers| headers.get_all(CONNECTION));
    values
        .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

fn encode_head(
    response: &Response,
    wire: &mut Wire,
    outgoing: Outgoing,
    mode: Mode,
    keep_alive: bool,
) {
    let (capitalize, idle) = (wire.settings.capitalize, wire.settings.keep_alive);
    let is_1_1 = wire.settings.is_1_1;
    let out = &mut wire.output;
    let headers = response.headers.as_deref();
    let has = |name| headers.is_some_and(|headers| headers.contains_key(name));
    status_line(out, response.status, is_1_1);
    for (name, value) in headers.into_iter().flatten() {
        if !is_the_servers(name, response) {
            header(out, name, value.as_bytes(), capitalize);
        }
    }
    if let Some(content_type) = response.content_type
        && !has(CONTENT_TYPE)
    {
        own(out, "\r\nContent-Type: ", capitalize);
        out.extend_from_slice(content_type.as_bytes());
    }
    if !has(DATE) && !response.status.is_informational() {
        date::append(out, capitalize);
    }
    match length_to_tell(response, outgoing, mode) {
        Some(length) => {
            own(out, "\r\nContent-Length: ", capitalize);
            decimal(out, length);
        }
        None if mode == Mode::Chunked => own(out, "\r\nTransfer-Encoding: chunked", capitalize),
        None => {}
    }
    if response.status == StatusCode::SWITCHING_PROTOCOLS {
        own(out, "\r\nConnection: upgrade", capitalize);
    } else if !keep_alive {
        own(out, "\r\nConnection: close", capitalize);
    } else if outgoing.is_asked || !outgoing.is_1_1 {
        own(out, "\r\nConnection: keep-alive", capitalize);
        if let Some(idle) = idle {
            own(out, "\r\nKeep-Alive: timeout=", capitalize);
            decimal(out, idle.as_secs());
        }
    }
    out.extend_from_slice(b"\r\n\r\n");
}

/// Headers that only the server can know.
fn is_the_servers(name: &HeaderName, response: &Response) -> bool {
    match *name {
        TRANSFER_ENCODING | CONTENT_LENGTH => true,
        CONNECTION => !response.is_for_takeover || response.status == 101,
        _ => false,
    }
}

/// `HEAD` and 304 tell the length of the body that they do not have.
fn length_to_tell(response: &Response, outgoing: Outgoing, mode: Mode) -> Option<u64> {
    match (mode, &response.body) {
        (Mode::Counted(length), _) => Some(length),
        (Mode::Nothing, body) if outgoing.is_head && !response.status.is_informational() => {
            let whole = match body {
                Body::Whole(bytes) if !bytes.is_empty() => Some(bytes.len() as u64),
                _ => None,
            };
            let is_without = matches!(response.status.as_u16(), 204 | 304);
            whole.or_else(|| declared_length(response)).filter(|_| !is_without)
        }
        _ => None,
    }
}

fn status_line(out: &mut Vec<u8>, status: StatusCode, is_1_1: bool) {
    if status == StatusCode::OK && is_1_1 {
        out.extend_from_slice(b"HTTP/1.1 200 OK");
        return;
    }
    out.extend_from_slice(if is_1_1 { b"HTTP/1.1 " } else { b"HTTP/1.0 " });
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.canonical_reason().unwrap_or("").as_bytes());
}

/// Begins a line with a header of the server's own: its name `Like-This`, and perhaps a value that is
/// in lower case.
#[inline(always)]
fn own(out: &mut Vec<u8>, header: &'static str, capitalize: bool) {
    let start = out.len();
    out.extend_from_slice(header.as_bytes());
    if !capitalize {
        out[start..].make_ascii_lowercase();
    }
}

/// A line begins with the end of the one before, so the last one has none.
fn header(out: &mut Vec<u8>, header: &HeaderName, value: &[u8], capitalize: bool) {
    out.extend_from_slice(b"\r\n");
    name(out, header.as_str(), capitalize);
    out.extend_from_slice(value);
}

/// Names are in lower case until here.
fn name(out: &mut Vec<u8>, name: &str, capitalize: bool) {
    let start = out.len();
    out.extend_from_slice(name.as_bytes());
    if capitalize {
        let mut is_first = true;
        for byte in &mut out[start..] {
            if is_first {
                byte.make_ascii_uppercase();
            }
            is_first = *byte == b'-';
        }
    }
    out.extend_from_slice(b": ");
}

pub(super) fn decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// `100 Continue`, with headers of the application's.
pub(in crate::http) fn encode_continue(headers: &HeaderMap, wire: &mut Wire) {
    let capitalize = wire.settings.capitalize;
    status_line(&mut wire.output, StatusCode::CONTINUE, true);
    for (name, value) in headers {
        // It has no body, whose length these would tell.
        if !matches!(*name, CONTENT_LENGTH | TRANSFER_ENCODING) {
            header(&mut wire.output, name, value.as_bytes(), capitalize);
        }
    }
    wire.output.extend_from_slice(b"\r\n\r\n");
}

/// Tells the client why it is refused; the connection is closed after that.
pub(in crate::http) fn send_refusal(refused: BadRequest, wire: &mut Wire) -> io::Result<()> {
    let outgoing = Outgoing { is_1_1: true, is_head: false, keep_alive: false, is_asked: false };
    let mut response = Response::text(refused.why);
    response.status = refused.status;
    send(response, wire, &mut Incoming::new(), outgoing).result?;
    wire.flush()
}

/// The size of a chunk, before it.
pub(super) fn chunk_size(out: &mut Vec<u8>, size: usize) {
    write!(out, "{size:x}\r\n").expect("memory can be written");
}
