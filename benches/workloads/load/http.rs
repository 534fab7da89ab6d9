//! Requests for a page over HTTP/1.1, some at a time.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::rc::Rc;

use super::dialogue::Dialogue;
use super::wrong;
use crate::workloads::Page;

/// One connection that asks for the same again and again.
#[derive(Clone)]
pub(in crate::workloads) struct Http {
    /// All requests of an exchange.
    requests: Rc<[u8]>,
    /// How many they are.
    depth: usize,
    sample: Rc<Sample>,
}

/// A response that was looked at closely. All others must be the same but for their date.
struct Sample {
    response: Vec<u8>,
    /// Where the value of its `Date` is.
    date: Range<usize>,
}

impl Http {
    /// Gets a sample from the server.
    pub(in crate::workloads) fn new(
        address: SocketAddr,
        page: &Page,
        depth: usize,
    ) -> io::Result<Self> {
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes();
        let sample = Rc::new(Sample::fetch(address, &request, page)?);
        Ok(Http { requests: request.repeat(depth).into(), depth, sample })
    }
}

impl Dialogue for Http {
    fn request(&self) -> &[u8] {
        &self.requests
    }

    fn answer_len(&self) -> usize {
        self.sample.response.len() * self.depth
    }

    fn n_answers(&self) -> u64 {
        self.depth as u64
    }

    fn accept(&mut self, answer: &[u8]) -> bool {
        let Sample { response, date } = &*self.sample;
        answer.chunks_exact(response.len()).all(|other| {
            other[..date.start] == response[..date.start]
                && other[date.end..] == response[date.end..]
        })
    }
}

impl Sample {
    fn fetch(address: SocketAddr, request: &[u8], page: &Page) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(super::PATIENCE))?;
        stream.write_all(request)?;
        let mut response = Vec::new();
        let mut chunk = [0; 4096];
        // Headers contain no body, so this is where the only one ends.
        while !response.ends_with(page.body.as_bytes()) {
            match stream.read(&mut chunk)? {
                0 => return Err(wrong("the server has hung up in the middle of an answer")),
                n => response.extend_from_slice(&chunk[..n]),
            }
        }
        let date = inspect(&response, page)
            .map_err(|what| wrong(&format!("{what}: {}", response.escape_ascii())))?;
        Ok(Sample { response, date })
    }
}

/// Checks a response and says where its date is.
fn inspect(response: &[u8], page: &Page) -> Result<Range<usize>, &'static str> {
    let body = page.body.as_bytes();
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut parsed = httparse::Response::new(&mut headers);
    let head_len = match parsed.parse(response) {
        Ok(httparse::Status::Complete(n)) => n,
        _ => return Err("this is not a complete head"),
    };
    if (parsed.version, parsed.code) != (Some(1), Some(200)) || response[head_len..] != *body {
        return Err("this is not the page");
    }
    let value_of = |name: &str| {
        parsed.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value)
    };
    if value_of("content-length") != Some(body.len().to_string().as_bytes()) {
        return Err("there is no right Content-Length");
    }
    if !value_of("content-type").is_some_and(|kind| kind.starts_with(page.content_type.as_bytes()))
    {
        return Err("this is not the page's type");
    }
    let date = value_of("date").ok_or("there is no Date")?;
    let text = str::from_utf8(date).map_err(|_| "the Date is not text")?;
    httpdate::parse_http_date(text).map_err(|_| "the Date is not a date")?;
    // The value is a part of the response.
    let start = date.as_ptr().addr() - response.as_ptr().addr();
    Ok(start..start + date.len())
}
