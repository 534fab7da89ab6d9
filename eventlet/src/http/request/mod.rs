//! A request, as the application sees it.

mod authority;
mod body;
mod chunked;
mod codings;
#[allow(missing_docs, reason = "it is for the tests")]
pub mod door;
mod extensions;
mod framing;
mod head;
mod parse;
mod scratch;
mod target;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::net::SocketAddr;

use ::http::{HeaderMap, Method, StatusCode, Version};

use super::hooks;
use super::response::{Ended, Response};
use super::stream::Stream;
use super::wire::Wire;
pub(super) use body::Body as Incoming;
use head::Head;

/// A request that is refused, whatever the application would have said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BadRequest {
    pub(crate) status: StatusCode,
    /// What is wrong with it.
    pub(crate) why: &'static str,
}

impl BadRequest {
    pub(in crate::http) fn new(status: StatusCode, why: &'static str) -> Self {
        BadRequest { status, why }
    }

    /// The client is too slow.
    pub(super) fn timeout() -> Self {
        BadRequest::new(StatusCode::REQUEST_TIMEOUT, "the request takes too long")
    }
}

fn bad(why: &'static str) -> BadRequest {
    BadRequest::new(StatusCode::BAD_REQUEST, why)
}

impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

impl std::error::Error for BadRequest {}

impl From<BadRequest> for io::Error {
    fn from(refused: BadRequest) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, refused)
    }
}

/// A request: its head, and its body, which is read when the application reads it.
///
/// A request is [`Read`] and [`BufRead`]: that is the body. What the application leaves of it is
/// passed over. A client that has asked to be told (`Expect: 100-continue`) is told when the body is
/// first read, and never if it is not.
///
/// # Examples
///
/// ```
/// use std::io::Read;
/// use eventlet::http::{Request, Response};
///
/// fn app(request: &mut Request) -> std::io::Result<Response> {
///     let mut body = String::new();
///     request.read_to_string(&mut body)?;
///     Ok(Response::text(format!("{} {}: {body}", request.method(), request.path())))
/// }
/// # use std::io::Write;
/// # let listener = eventlet::listen("127.0.0.1:0")?;
/// # let mut client = eventlet::connect(listener.local_addr()?)?;
/// # let server = eventlet::http::Server::new(app).start(listener)?;
/// # client.write_all(b"PUT /a%20b HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")?;
/// # let answer = std::io::read_to_string(client)?;
/// # assert!(answer.ends_with("PUT /a b: hi"), "{answer}");
/// # server.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Request {
    head: Head,
    body: Incoming,
    pub(super) wire: Wire,
    peer: Option<SocketAddr>,
    hooks: Vec<Hook>,
    takeover: Option<Takeover>,
}

/// Called when a request has been answered.
type Hook = Box<dyn FnOnce(&Ended)>;

/// Called with the connection.
pub(super) type Takeover = Box<dyn FnOnce(Stream)>;

impl Request {
    pub(super) fn new(wire: Wire) -> Self {
        let peer = wire.stream().peer_addr();
        Request {
            head: Head::new(),
            body: Incoming::new(),
            wire,
            peer,
            hooks: Vec::new(),
            takeover: None,
        }
    }

    /// The method.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.method().to_string();
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("GET"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// What is asked for, as it was sent: in most cases a path and perhaps a query.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.target().to_owned();
    /// let answer = Server::new(app).ask("GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("/a%20b?c=d"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn target(&self) -> &str {
        self.head.target()
    }

    /// The path, decoded; what is not UTF-8 is replaced.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.path().into_owned();
    /// let answer = Server::new(app).ask("GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("/a b"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn path(&self) -> Cow<'_, str> {
        decode(self.raw_path())
    }

    /// The path, as it was sent. It is `/` for a target without a path, and the target itself for one
    /// that is neither a path nor an absolute address.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.raw_path().to_owned();
    /// let answer = Server::new(app).ask("GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("/a%20b"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn raw_path(&self) -> &str {
        let target = self.target();
        let target = match target.split_once("://") {
            Some((_, rest)) if !target.starts_with('/') => {
                rest.find(['/', '?']).map_or("/", |at| &rest[at..])
            }
            _ => target,
        };
        match target.split('?').next() {
            None | Some("") => "/",
            Some(path) => path,
        }
    }

    /// What follows the question mark, as it was sent.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.query().map(str::to_owned);
    /// let answer = Server::new(app).ask("GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("c=d"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn query(&self) -> Option<&str> {
        self.target().split_once('?').map(|(_, query)| query)
    }

    /// The version: 1.0 or 1.1.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| format!("{:?}", request.version());
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("HTTP/1.1"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// The value of the first header of that name, whatever its case.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.header("Host").map(str::to_owned);
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("h"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.get(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The headers by name. They are put in order when this is first called.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.headers().len().to_string();
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("1"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        self.head.map()
    }

    /// The headers in the order and with the names in which they were sent.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.raw_headers().next().unwrap().0.to_owned();
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("Host"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn raw_headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.head
            .fields()
            .map(|(name, value)| (std::str::from_utf8(name).unwrap_or_default(), value))
    }

    /// How long the body is; none if only its end will tell.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| format!("{:?}", request.content_length());
    /// let answer = Server::new(app).ask("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx")?;
    /// assert!(answer.ends_with("Some(1)"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn content_length(&self) -> Option<u64> {
        self.body.length()
    }

    /// The client's address; none for a Unix socket.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| format!("{:?}", request.peer_addr());
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("None"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The connection.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| format!("{:?}", request.stream().peer_addr());
    /// let answer = Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("None"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stream(&self) -> &Stream {
        self.wire.stream()
    }

    /// Sends `100 Continue` with these headers, now, to a client that waits for it; a body may then
    /// be read. Without this it is sent without headers when the body is first read.
    ///
    /// # Errors
    ///
    /// Fails if the client has gone.
    ///
    /// # Switching
    ///
    /// Switches if the client does not take it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, Read};
    /// use eventlet::http::{HeaderMap, Request, Server};
    ///
    /// fn app(request: &mut Request) -> io::Result<String> {
    ///     request.send_continue(&HeaderMap::new())?;
    ///     io::read_to_string(request)
    /// }
    /// let put = "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx";
    /// assert!(Server::new(app).ask(put)?.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send_continue(&mut self, headers: &HeaderMap) -> io::Result<()> {
        if self.head.expects_continue {
            self.body.is_awaited = false;
            super::response::encode_continue(headers, &mut self.wire);
            self.wire.flush()?;
        }
        Ok(())
    }

    /// Has `hook` called when the request has been answered, or could not be.
    ///
    /// Hooks are called in the order in which they were given, also if the client has gone, the
    /// application has panicked, or the server is stopped.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    /// use eventlet::http::{Request, Server};
    ///
    /// let n_bytes = Rc::new(Cell::new(0));
    /// let theirs = n_bytes.clone();
    /// let app = move |request: &mut Request| {
    ///     let theirs = theirs.clone();
    ///     request.on_end(move |ended| theirs.set(ended.n_bytes));
    ///     "hello"
    /// };
    /// Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert_eq!(n_bytes.get(), 5);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn on_end(&mut self, hook: impl FnOnce(&Ended) + 'static) {
        self.hooks.push(Box::new(hook));
    }

    /// Takes over the connection: when `response` has been sent, in most cases `101 Switching
    /// Protocols`, `takeover` is called with it. What has not been read of the request's body is what the
    /// new owner reads first.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let app = |request: &mut Request| {
    ///     let response = Response::new(101).with_header("upgrade", "shout");
    ///     request.upgrade(response, |mut stream| stream.write_all(b"HELLO").unwrap())
    /// };
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("\r\n\r\nHELLO"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn upgrade(
        &mut self,
        response: impl Into<Response>,
        takeover: impl FnOnce(Stream) + 'static,
    ) -> Response {
        self.takeover = Some(Box::new(takeover));
        response.into().for_takeover()
    }

    /// Reads the next head from what has been received; says whether it is there as a whole.
    pub(super) fn parse_next(&mut self) -> Result<bool, BadRequest> {
        let limits = &self.wire.settings.limits;
        let Some(length) = parse::parse(self.wire.received(), limits, &mut self.head)? else {
            // The client may be idle after an empty line, which some send after a body.
            if self.wire.received().chunks(2).all(|pair| pair == b"\r\n") {
                self.wire.consume(self.wire.received().len());
            }
            return Ok(false);
        };
        self.wire.consume(length);
        self.body.begin(&self.head);
        Ok(true)
    }

    /// Whether another request may follow, unless the rest of the body turns out to be in its way.
    pub(super) fn may_be_followed(&self) -> bool {
        self.head.keep_alive && self.body.can_be_passed()
    }

    /// Whether the client has asked for that.
    pub(super) fn asks_to_be_followed(&self) -> bool {
        self.head.asks_to_keep_alive
    }

    /// Gives back what only a request needs: the connection is idle, or taken over.
    pub(super) fn shed(&mut self) {
        self.head.shed();
    }

    /// Why the body could not be read, if that is the client's fault.
    pub(super) fn refusal(&self) -> Option<BadRequest> {
        self.body.refusal()
    }

    /// What a response is sent by, and what it may still read.
    pub(super) fn parts(&mut self) -> (&mut Wire, &mut Incoming) {
        (&mut self.wire, &mut self.body)
    }

    /// Passes over what the application has left of the body, and says whether the next request may
    /// follow.
    pub(super) fn pass_body(&mut self) -> bool {
        self.body.is_at_end() || self.body.pass(&mut self.wire)
    }

    /// Whether the client, as far as it knows, may send something after what has been used.
    pub(super) fn may_send_more(&self) -> bool {
        self.head.keep_alive || !self.body.is_at_end() || !self.wire.received().is_empty()
    }

    pub(super) fn is_body_read(&self) -> bool {
        self.body.is_at_end()
    }

    pub(super) fn take_takeover(&mut self) -> Option<Takeover> {
        self.takeover.take()
    }

    #[inline]
    pub(super) fn call_hooks(&mut self, ended: &Ended) {
        if !self.hooks.is_empty() {
            self.call_some_hooks(ended);
        }
    }

    #[cold]
    fn call_some_hooks(&mut self, ended: &Ended) {
        while !self.hooks.is_empty() {
            let hook = self.hooks.remove(0);
            hooks::call(|| hook(ended));
        }
    }
}

impl Read for Request {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.body.read(&mut self.wire, buf)
    }
}

impl BufRead for Request {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let n = self.body.available(&mut self.wire)?;
        Ok(&self.wire.received()[..n])
    }

    fn consume(&mut self, amount: usize) {
        self.body.consume(&mut self.wire, amount);
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", self.method())
            .field("target", &self.target())
            .field("version", &self.version())
            .field("headers", self.headers())
            .finish_non_exhaustive()
    }
}

/// Resolves `%xx`; what is not UTF-8 is replaced.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: u8| (byte as char).to_digit(16);
        let decoded = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        (bytes, rest) = match decoded {
            Some((high, low)) => (push(bytes, (high * 16 + low) as u8), &rest[3..]),
            None => (push(bytes, *first), tail),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn push(mut bytes: Vec<u8>, byte: u8) -> Vec<u8> {
    bytes.push(byte);
    bytes
}
