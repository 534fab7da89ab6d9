//! Who is told of requests.

use std::sync::Arc;

use crate::http::Server;
use crate::http::log::{FORMAT, Log};

impl<A> Server<A> {
    /// Calls `sink` with a line for each request; by default there is none.
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
    /// use std::sync::{Arc, Mutex};
    ///
    /// let lines = Arc::new(Mutex::new(Vec::new()));
    /// let theirs = lines.clone();
    /// let sink = move |line: &str| theirs.lock().unwrap().push(line.to_owned());
    /// Server::new(|_: &mut Request| "hello").log(sink).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(lines.lock().unwrap()[0].contains("\"GET / HTTP/1.1\" 200 5 "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn log(mut self, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log_mut().sink = Arc::new(sink);
        self
    }

    /// What the lines of the log look like. In braces can be: `client_ip`, `client_port`, `date_time`,
    /// `request_line`, `status_code`, `body_length`, `wall_seconds`.
    ///
    /// Without [`log`](Server::log), lines go to standard error.
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
    /// let server = Server::new(|_: &mut Request| ()).log_format("{request_line} {status_code}");
    /// server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?; // prints: GET / HTTP/1.1 200
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn log_format(mut self, format: &str) -> Self {
        self.log_mut().format = format.into();
        self
    }

    /// Whether the log tells addresses in `X-Forwarded-For` before the client's; it does by default,
    /// though clients may write there what they like.
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
    /// let server = Server::new(|_: &mut Request| ()).log_x_forwarded_for(false);
    /// server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn log_x_forwarded_for(mut self, is_told: bool) -> Self {
        self.log_mut().forwarded = is_told;
        self
    }

    fn log_mut(&mut self) -> &mut Log {
        self.log.get_or_insert_with(|| Log {
            format: FORMAT.into(),
            forwarded: true,
            sink: Arc::new(|line| notice!("{line}")),
        })
    }
}
