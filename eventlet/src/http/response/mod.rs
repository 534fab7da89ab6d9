//! What is answered.

mod body;
mod encode;
mod into;
mod writer;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::LazyLock;

use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use body::Body;
pub(super) use encode::{Outgoing, Sent, encode_continue, send, send_refusal};
pub use into::IntoResponse;
pub use writer::BodyWriter;

/// What the application answers: a status, headers, and a body that is there as a whole or made while
/// it is sent.
///
/// The server adds `Date`, and `Content-Length` or, where the length is not known, chunks.
///
/// # Examples
///
/// ```
/// use eventlet::http::Response;
///
/// let response = Response::html("<h1>Hello</h1>").with_header("cache-control", "no-store");
/// assert_eq!(response.status(), 200);
/// let not_found = Response::text("no such page").with_status(404);
/// assert_eq!(not_found.status(), 404);
/// ```
#[must_use = "a response does nothing unless it is returned"]
pub struct Response {
    status: StatusCode,
    /// None in most responses; a map is large to move.
    headers: Option<Box<HeaderMap>>,
    /// Sent as `Content-Type` unless the headers have one.
    content_type: Option<&'static str>,
    body: Body,
    /// Instead of the server's, if given.
    min_chunk_size: Option<usize>,
    /// The connection is then another one's.
    is_for_takeover: bool,
}

impl Response {
    /// A response without a body.
    ///
    /// Clients do not take a status below 200 for a response. It is for [`Request::upgrade`]; elsewhere
    /// the server answers 500 in its place.
    ///
    /// [`Request::upgrade`]: super::Request::upgrade
    ///
    /// # Panics
    ///
    /// If the status is not between 100 and 999.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// assert_eq!(Response::new(204).status(), 204);
    /// ```
    pub fn new(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("a status has three digits");
        Response::of(status, None, Body::Whole(Cow::Borrowed(b"")))
    }

    fn of(status: StatusCode, content_type: Option<&'static str>, body: Body) -> Self {
        Response {
            status,
            headers: None,
            content_type,
            body,
            min_chunk_size: None,
            is_for_takeover: false,
        }
    }

    /// Plain text.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// let response = Response::text("hello");
    /// assert_eq!(response.status(), 200);
    /// ```
    pub fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(StatusCode::OK, Some("text/plain; charset=utf-8"), Body::of_text(text.into()))
    }

    /// A page.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// let response = Response::html("<p>hello");
    /// assert_eq!(response.status(), 200);
    /// ```
    pub fn html(page: impl Into<Cow<'static, str>>) -> Self {
        Self::of(StatusCode::OK, Some("text/html; charset=utf-8"), Body::of_text(page.into()))
    }

    /// A text in JSON, which is not checked.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// let response = Response::json(r#"{"hello": "world"}"#);
    /// assert_eq!(response.status(), 200);
    /// ```
    pub fn json(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(StatusCode::OK, Some("application/json"), Body::of_text(text.into()))
    }

    /// Any bytes, without a type.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// let response = Response::bytes(vec![1, 2, 3]).with_header("content-type", "image/x-tiny");
    /// assert_eq!(response.status(), 200);
    /// ```
    pub fn bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self::of(StatusCode::OK, None, Body::Whole(bytes.into()))
    }

    /// The pieces that the iterator makes, as it makes them. An error or a panic is answered by 500 as
    /// long as nothing has been sent; after that it ends the connection, so that the client can tell.
    ///
    /// Small pieces are joined; see [`with_min_chunk_size`](Response::with_min_chunk_size).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let app = |_: &mut Request| Response::stream((1..=3).map(|n| Ok(format!("{n} "))));
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("6\r\n1 2 3 \r\n0\r\n\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stream<I, B>(pieces: I) -> Self
    where
        I: IntoIterator<Item = io::Result<B>>,
        I::IntoIter: 'static,
        B: AsRef<[u8]>,
    {
        let mut pieces = pieces.into_iter();
        Self::written_by(move |writer| {
            pieces.try_for_each(|piece| io::Write::write_all(writer, piece?.as_ref()))
        })
    }

    /// What is read of `reader`. If its length is known, say so by the header `Content-Length`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let app = |_: &mut Request| Response::read_from(&b"hello"[..]).with_header("content-length", "5");
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("\r\n\r\nhello"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_from(mut reader: impl io::Read + 'static) -> Self {
        Self::written_by(move |writer| io::copy(&mut reader, writer).map(drop))
    }

    /// What `write` writes, as it writes it. An error or a panic is answered by 500 as long as nothing
    /// has been sent; after that it ends the connection, so that the client can tell.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let app = |_: &mut Request| Response::written_by(|out| std::io::Write::write_all(out, b"hello"));
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("5\r\nhello\r\n0\r\n\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn written_by(write: impl FnOnce(&mut BodyWriter<'_>) -> io::Result<()> + 'static) -> Self {
        Self::of(StatusCode::OK, None, Body::Written(Box::new(write)))
    }

    /// The status.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// assert_eq!(Response::text("hello").status().as_u16(), 200);
    /// ```
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers that the application has set.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// let response = Response::new(200).with_header("server", "mine");
    /// assert_eq!(response.headers()["server"], "mine");
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
        self.headers.as_deref().unwrap_or(&NONE)
    }

    /// The headers, to be changed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// use eventlet::http::HeaderValue;
    ///
    /// let mut response = Response::new(302);
    /// match HeaderValue::from_str("/chosen by a user") {
    ///     Ok(place) => drop(response.headers_mut().insert("location", place)),
    ///     Err(_) => response = Response::new(400),
    /// }
    /// assert_eq!(response.status(), 302);
    /// ```
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers.get_or_insert_default()
    }

    /// The same with this status.
    ///
    /// # Panics
    ///
    /// If it is not between 100 and 999.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// assert_eq!(Response::text("gone").with_status(410).status(), 410);
    /// ```
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).expect("a status has three digits");
        self
    }

    /// The same with this header, besides others of the same name.
    ///
    /// # Panics
    ///
    /// If the name or the value cannot be sent: names are tokens, and values have no control
    /// characters. For values that users choose, see [`headers_mut`](Response::headers_mut).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::Response;
    ///
    /// let response = Response::new(302).with_header("location", "/elsewhere");
    /// assert_eq!(response.headers().len(), 1);
    /// ```
    #[track_caller]
    pub fn with_header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) else {
            panic!("a header whose name or value cannot be sent");
        };
        self.headers_mut().append(name, value);
        self
    }

    /// The same, joining pieces of a streamed body until they have so many bytes, instead of as many
    /// as the server would. With 0 each piece is sent at once.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let app = |_: &mut Request| Response::stream(["a", "b"].map(Ok)).with_min_chunk_size(0);
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_min_chunk_size(mut self, bytes: usize) -> Self {
        self.min_chunk_size = Some(bytes);
        self
    }

    pub(super) fn for_takeover(mut self) -> Self {
        self.is_for_takeover = true;
        self
    }

    pub(super) fn is_for_takeover(&self) -> bool {
        self.is_for_takeover
    }

    /// Whether the client would go on waiting for a response.
    pub(super) fn is_interim(&self) -> bool {
        self.status.is_informational() && !self.is_for_takeover
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", self.headers())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// What became of a request; see [`Request::on_end`](super::Request::on_end).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Ended {
    /// The status that was sent, or was to be.
    pub status: StatusCode,
    /// How many bytes of the body were sent, without headers and the framing of chunks.
    pub n_bytes: u64,
    /// Whether the whole response was given to the connection.
    pub is_complete: bool,
}

impl Ended {
    /// It has not been answered.
    pub(super) fn cut() -> Self {
        Ended { status: StatusCode::INTERNAL_SERVER_ERROR, n_bytes: 0, is_complete: false }
    }
}
