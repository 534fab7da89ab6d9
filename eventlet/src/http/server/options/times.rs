//! How long things may take.

use std::time::Duration;

use crate::http::Server;

impl<A> Server<A> {
    /// How long a connection may be idle between requests; 75 s by default. Empty lines do not make it
    /// longer. If it is zero, each connection is for one request.
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
    /// use std::time::Duration;
    ///
    /// let server = Server::new(|_: &mut Request| ()).keep_alive(Duration::from_secs(5));
    /// let answer = server.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n")?;
    /// assert!(answer.contains("Keep-Alive: timeout=5\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn keep_alive(mut self, idle: Duration) -> Self {
        self.settings.keep_alive = (!idle.is_zero()).then_some(idle);
        self
    }

    /// Each connection is for one request.
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
    /// let answer = Server::new(|_: &mut Request| ()).no_keep_alive().ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.contains("Connection: close\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn no_keep_alive(mut self) -> Self {
        self.settings.keep_alive = None;
        self
    }

    /// How long one read or write may wait; 60 s by default.
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
    /// use std::time::Duration;
    ///
    /// let server = Server::new(|_: &mut Request| "hello").socket_timeout(Duration::from_secs(5));
    /// assert!(server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("hello"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn socket_timeout(mut self, limit: Duration) -> Self {
        self.settings.socket_timeout = Some(limit);
        self
    }

    /// How long the head of a request may take from its first byte; 30 s by default. A slower one is
    /// answered by 408.
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
    /// use std::time::Duration;
    ///
    /// let server = Server::new(|_: &mut Request| "hello").head_timeout(Duration::from_secs(5));
    /// assert!(server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("hello"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn head_timeout(mut self, limit: Duration) -> Self {
        self.settings.head_timeout = limit;
        self
    }

    /// How many bytes a second a client must send of a body, and take of a response, in the mean and
    /// after ten seconds; 240 by default, 0 is without limit. Only the time for which the client is
    /// waited for counts.
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
    /// let server = Server::new(|_: &mut Request| "hello").min_rate(1000);
    /// assert!(server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?.ends_with("hello"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn min_rate(mut self, bytes_per_second: u64) -> Self {
        self.settings.min_rate = bytes_per_second;
        self
    }

    /// How long the application may take until it has a response; without limit by default. What takes
    /// longer is ended as by [`with_timeout`](crate::with_timeout), and answered by 503.
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
    /// use std::time::Duration;
    ///
    /// let app = |_: &mut Request| eventlet::sleep(Duration::from_secs(3600));
    /// let answer = Server::new(app).request_timeout(Duration::from_millis(1)).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.starts_with("HTTP/1.1 503 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.settings.request_timeout = Some(limit);
        self
    }
}
