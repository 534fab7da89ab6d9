//! How much of a request is put up with.

use crate::http::Server;

impl<A> Server<A> {
    /// How long the request line may be; 8,192 bytes by default. A longer one is answered by 414.
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
    /// let answer = Server::new(|_: &mut Request| ()).max_request_line(10).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.starts_with("HTTP/1.1 414 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "url_length_limit")]
    pub fn max_request_line(mut self, bytes: usize) -> Self {
        self.settings.limits.request_line = bytes;
        self
    }

    /// How long one header line may be; 8,192 bytes by default. A longer one is answered by 431.
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
    /// let answer = Server::new(|_: &mut Request| ()).max_header_line(6).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.starts_with("HTTP/1.1 431 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_header_line(mut self, bytes: usize) -> Self {
        self.settings.limits.header_line = bytes;
        self
    }

    /// How long all header lines together may be; 65,536 bytes by default. More is answered by 431.
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
    /// let answer = Server::new(|_: &mut Request| ()).max_headers_size(6).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.starts_with("HTTP/1.1 431 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_headers_size(mut self, bytes: usize) -> Self {
        self.settings.limits.headers = bytes;
        self
    }

    /// How many header lines there may be; 100 by default. More is answered by 431.
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
    /// let server = Server::new(|_: &mut Request| ()).max_headers(1);
    /// let answer = server.ask("GET / HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n")?;
    /// assert!(answer.starts_with("HTTP/1.1 431 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_headers(mut self, n: usize) -> Self {
        self.settings.limits.n_headers = n;
        self
    }

    /// How long a body may be; without limit by default. A longer one is answered by 413.
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
    /// let server = Server::new(|_: &mut Request| ()).max_body(3);
    /// let answer = server.ask("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nfour")?;
    /// assert!(answer.starts_with("HTTP/1.1 413 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.settings.limits.body = bytes;
        self
    }
}
