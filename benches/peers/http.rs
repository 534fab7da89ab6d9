//! A minimal HTTP/1.1 conversation with keep-alive and pipelining, for a peer that brings none:
//! it reads into a buffer, and writes what came of it.

use std::cell::RefCell;
use std::fmt::Write;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::workloads::Page;

/// Room for the requests of one read.
const READ_SIZE: usize = 4096;
/// More header fields than a request of this length could make use of.
const MAX_HEADERS: usize = 32;

/// The requests and responses of one connection.
pub(super) struct Exchange {
    received: Box<[u8; READ_SIZE]>,
    /// How much of it waits for the rest of a request.
    n_received: usize,
    response: Rc<Response>,
    responses: String,
}

/// The response to every request.
pub(super) struct Response {
    /// Up to the value of the date.
    head: String,
    body: &'static str,
}

impl Response {
    pub(super) fn new(page: &Page) -> Self {
        let &Page { content_type, body } = page;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nDate: ",
            body.len()
        );
        Response { head, body }
    }
}

impl Exchange {
    pub(super) fn new(response: Rc<Response>) -> Self {
        let received = Box::new([0; READ_SIZE]);
        Exchange { received, n_received: 0, response, responses: String::new() }
    }

    /// Where the next bytes go.
    pub(super) fn space(&mut self) -> &mut [u8] {
        &mut self.received[self.n_received..]
    }

    /// Takes `n` bytes from `space` and returns the responses to all requests that are complete.
    pub(super) fn advance(&mut self, n: usize) -> io::Result<&[u8]> {
        let end = self.n_received + n;
        let mut begin = 0;
        self.responses.clear();
        DATE.with_borrow_mut(|date| {
            let date = date.now();
            while let Some(length) = request_length(&self.received[begin..end])? {
                begin += length;
                for part in [&self.response.head, date, "\r\n\r\n", self.response.body] {
                    self.responses.push_str(part);
                }
            }
            io::Result::Ok(())
        })?;
        if begin == 0 && end == READ_SIZE {
            return Err(io::Error::new(ErrorKind::InvalidData, "a request is too long"));
        }
        self.received.copy_within(begin..end, 0);
        self.n_received = end - begin;
        Ok(self.responses.as_bytes())
    }
}

/// How long the request is that `bytes` begins with, if it is complete. Requests for this page
/// have no body.
fn request_length(bytes: &[u8]) -> io::Result<Option<usize>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let status = httparse::Request::new(&mut headers).parse(bytes);
    match status.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))? {
        httparse::Status::Complete(length) => Ok(Some(length)),
        httparse::Status::Partial => Ok(None),
    }
}

thread_local! {
    static DATE: RefCell<Date> = const { RefCell::new(Date { text: String::new(), second: 0 }) };
}

/// The value of a `Date` header, made once a second.
struct Date {
    text: String,
    second: u64,
}

impl Date {
    fn now(&mut self) -> &str {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        if self.second != now.as_secs() {
            self.second = now.as_secs();
            self.text.clear();
            let date = httpdate::HttpDate::from(UNIX_EPOCH + now);
            write!(self.text, "{date}").expect("a string takes everything");
        }
        &self.text
    }
}
