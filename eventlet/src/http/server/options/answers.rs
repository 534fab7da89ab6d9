//! What answers look like.

use ::http::Version;

use crate::http::Server;

impl<A> Server<A> {
    /// The highest version of HTTP that is spoken: 1.1 by default. With 1.0 no connection is kept
    /// unless the client asks for it, and nothing is sent in chunks.
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
    /// use eventlet::http::Version;
    ///
    /// let server = Server::new(|_: &mut Request| "hello").max_http_version(Version::HTTP_10);
    /// assert!(server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.starts_with("HTTP/1.0 200 OK\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_http_version(mut self, version: Version) -> Self {
        self.settings.is_1_1 = version >= Version::HTTP_11;
        self
    }

    /// Pieces of a streamed body are joined until they have so many bytes; 4,096 by default.
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
    /// let app = |_: &mut Request| Response::stream(["a", "b", "c"].map(Ok));
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("3\r\nabc\r\n0\r\n\r\n"));
    /// let answer = Server::new(app).min_chunk_size(2).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "minimum_chunk_size")]
    pub fn min_chunk_size(mut self, bytes: usize) -> Self {
        self.settings.min_chunk_size = bytes;
        self
    }

    /// Whether clients are told what the application panicked or failed with; not by default.
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
    /// let app = |_: &mut Request| Err::<(), _>("no more tea");
    /// assert!(Server::new(app).debug(true).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("no more tea"));
    /// assert!(Server::new(app).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("internal server error"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn debug(mut self, is_on: bool) -> Self {
        self.settings.debug = is_on;
        self
    }

    /// Whether header names are sent `Like-This`, as by default, or in lower case.
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
    /// let answer = Server::new(|_: &mut Request| ()).capitalize_headers(false).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.contains("\r\ncontent-length: 0\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "capitalize_response_headers")]
    pub fn capitalize_headers(mut self, is_on: bool) -> Self {
        self.settings.capitalize = is_on;
        self
    }
}
