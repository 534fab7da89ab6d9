//! Reading requests.

use std::io::{self, Read};

/// A request, read to its end.
pub struct Request {
    /// What it asks for.
    pub path: String,
    /// What was sent with it.
    pub body: Vec<u8>,
}

impl Request {
    /// Reads the next request, of which the beginning may be in `unread`. There is none if the
    /// client has closed the connection, or does not speak HTTP.
    pub fn read(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<Option<Self>> {
        let end = loop {
            if let Some(end) = find(unread, b"\r\n\r\n") {
                break end;
            }
            let is_http = unread.first().is_none_or(u8::is_ascii_uppercase);
            if !is_http || !read_more(stream, unread)? {
                return Ok(None);
            }
        };
        let head = String::from_utf8_lossy(&unread[..end]).into_owned();
        unread.drain(..end + 4);
        let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
        let body = if header(&head, "transfer-encoding") == Some("chunked") {
            chunks(stream, unread)?
        } else {
            let length = header(&head, "content-length").and_then(|length| length.parse().ok());
            take(stream, unread, length.unwrap_or(0))?
        };
        Ok(Some(Request { path, body }))
    }
}

/// The value of a header, by its name in small letters.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    headers.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The bytes of a body that comes in pieces, each after a line with its length.
fn chunks(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = find(unread, b"\r\n") {
                break end;
            }
            need_more(stream, unread)?;
        };
        let length = String::from_utf8_lossy(&unread[..end]).into_owned();
        let length = usize::from_str_radix(length.trim(), 16).map_err(io::Error::other)?;
        unread.drain(..end + 2);
        body.extend(take(stream, unread, length)?);
        take(stream, unread, 2)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Takes the next `n` bytes.
fn take(stream: &mut impl Read, unread: &mut Vec<u8>, n: usize) -> io::Result<Vec<u8>> {
    while unread.len() < n {
        need_more(stream, unread)?;
    }
    Ok(unread.drain(..n).collect())
}

fn need_more(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<()> {
    if read_more(stream, unread)? { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Reads what there is, and says whether there was anything.
fn read_more(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 4096];
    let n = stream.read(&mut buffer)?;
    unread.extend_from_slice(&buffer[..n]);
    Ok(n > 0)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
