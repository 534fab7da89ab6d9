//! A server in the making.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use ::http::Version;

use super::accept::{Acceptor, Room};
use super::hubs::Branches;
use super::listener::Listener;
use super::service::{App, Service};
use super::{Running, ServerHubs};
use crate::convenience::accept::Places;
use crate::greenpool::GreenPool;
use crate::http::log::{FORMAT, Log};
use crate::http::request::Request;
use crate::http::response::{IntoResponse, Response};
use crate::http::settings::Settings;

/// How many connections are served at once unless it is said otherwise; Eventlet's number.
const MAX_CONNECTIONS: usize = 1024;

/// An HTTP server in the making: an application and settings.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::http::{Request, Server};
///
/// let app = |request: &mut Request| format!("hello, {}", request.path());
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let server = Server::new(app).keep_alive(Duration::from_secs(5)).start(listener)?;
/// // ...
/// server.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "nothing is served until `serve` or `start`"]
pub struct Server<A> {
    pub(super) app: A,
    pub(super) settings: Settings,
    pub(super) max_connections: usize,
    pub(super) pool: Option<Rc<GreenPool>>,
    pub(super) log: Option<Log>,
}

impl<A, R> App for A
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse,
{
    fn call(&self, request: &mut Request) -> Result<Response, String> {
        self(request).try_into_response()
    }
}

impl<A, R> Server<A>
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse + 'static,
{
    /// A server for this application.
    pub fn new(app: A) -> Self {
        Server {
            app,
            settings: Settings::default(),
            max_connections: MAX_CONNECTIONS,
            pool: None,
            log: None,
        }
    }

    /// How long a connection may be idle between requests; 75 s by default.
    pub fn keep_alive(mut self, idle: Duration) -> Self {
        self.settings.keep_alive = Some(idle);
        self
    }

    /// Each connection is for one request.
    pub fn no_keep_alive(mut self) -> Self {
        self.settings.keep_alive = None;
        self
    }

    /// How many connections are served at once; 1,024 by default. Others wait in the listener's
    /// backlog.
    pub fn max_connections(mut self, n: usize) -> Self {
        self.max_connections = n;
        self
    }

    /// Connections are served in green threads of this pool, which limits how many there are at once.
    pub fn pool(mut self, pool: Rc<GreenPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// The highest version of HTTP that is spoken: 1.1 by default. With 1.0 no connection is kept
    /// unless the client asks for it, and nothing is sent in chunks.
    pub fn max_http_version(mut self, version: Version) -> Self {
        self.settings.is_1_1 = version >= Version::HTTP_11;
        self
    }

    /// Pieces of a streamed body are joined until they have so many bytes; 4,096 by default.
    #[doc(alias = "minimum_chunk_size")]
    pub fn min_chunk_size(mut self, bytes: usize) -> Self {
        self.settings.min_chunk_size = bytes;
        self
    }

    /// How long the request line may be; 8,192 bytes by default. A longer one is answered by 414.
    #[doc(alias = "url_length_limit")]
    pub fn max_request_line(mut self, bytes: usize) -> Self {
        self.settings.limits.request_line = bytes;
        self
    }

    /// How long one header line may be; 8,192 bytes by default. A longer one is answered by 431.
    pub fn max_header_line(mut self, bytes: usize) -> Self {
        self.settings.limits.header_line = bytes;
        self
    }

    /// How long all header lines together may be; 65,536 bytes by default. More is answered by 431.
    pub fn max_headers_size(mut self, bytes: usize) -> Self {
        self.settings.limits.headers = bytes;
        self
    }

    /// How many header lines there may be; 100 by default. More is answered by 431.
    pub fn max_headers(mut self, n: usize) -> Self {
        self.settings.limits.n_headers = n;
        self
    }

    /// How long a body may be; without limit by default. A longer one is answered by 413.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.settings.limits.body = bytes;
        self
    }

    /// How long one read or write may wait; 60 s by default.
    pub fn socket_timeout(mut self, limit: Duration) -> Self {
        self.settings.socket_timeout = Some(limit);
        self
    }

    /// How long the head of a request may take from its first byte; 30 s by default. A slower one is
    /// answered by 408.
    pub fn head_timeout(mut self, limit: Duration) -> Self {
        self.settings.head_timeout = limit;
        self
    }

    /// How many bytes a second a client must send of a body, and take of a response, in the mean and
    /// after ten seconds; 240 by default, 0 is without limit.
    pub fn min_rate(mut self, bytes_per_second: u64) -> Self {
        self.settings.min_rate = bytes_per_second;
        self
    }

    /// How long the application may take until it has a response; without limit by default. What takes
    /// longer is ended as by [`with_timeout`](crate::with_timeout), and answered by 503.
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.settings.request_timeout = Some(limit);
        self
    }

    /// Calls `sink` with a line for each request; by default there is none.
    pub fn log(mut self, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log_mut().sink = Arc::new(sink);
        self
    }

    /// What the lines of the log look like. In braces can be: `client_ip`, `client_port`, `date_time`,
    /// `request_line`, `status_code`, `body_length`, `wall_seconds`.
    ///
    /// Without [`log`](Server::log), lines go to standard error.
    pub fn log_format(mut self, format: &str) -> Self {
        self.log_mut().format = format.into();
        self
    }

    /// Whether the log tells addresses in `X-Forwarded-For` before the client's; it does by default,
    /// though clients may write there what they like.
    pub fn log_x_forwarded_for(mut self, is_told: bool) -> Self {
        self.log_mut().forwarded = is_told;
        self
    }

    /// Whether clients are told what the application panicked or failed with; not by default.
    pub fn debug(mut self, is_on: bool) -> Self {
        self.settings.debug = is_on;
        self
    }

    /// Whether header names are sent `Like-This`, as by default, or in lower case.
    #[doc(alias = "capitalize_response_headers")]
    pub fn capitalize_headers(mut self, is_on: bool) -> Self {
        self.settings.capitalize = is_on;
        self
    }

    /// Lets `n` hubs serve: this thread's, and others on OS threads of their own, which share the port
    /// and the number of connections.
    pub fn hubs(self, n: usize) -> ServerHubs<A>
    where
        A: Send + Sync,
    {
        ServerHubs::new(self, n)
    }

    fn log_mut(&mut self) -> &mut Log {
        self.log.get_or_insert_with(|| Log {
            format: FORMAT.into(),
            forwarded: true,
            sink: Arc::new(|line| eprintln!("{line}")),
        })
    }

    /// Starts to serve, in green threads of this OS thread.
    ///
    /// # Errors
    ///
    /// Fails if there cannot be another green thread.
    ///
    /// # Switching
    ///
    /// Never switches.
    pub fn start(self, listener: impl Listener) -> io::Result<Running> {
        let room = match self.pool {
            Some(pool) => Room::Pool(pool),
            None => Room::Places(Places::new(self.max_connections)),
        };
        let service = Rc::new(Service::new(self.app, self.settings, self.log));
        Running::start(Acceptor { service, listener: Box::new(listener), room }, Branches::new())
    }

    /// Serves until the listener is closed. If the caller is killed, the server stops in its own time.
    ///
    /// # Errors
    ///
    /// Fails if the listener cannot accept any more.
    ///
    /// # Switching
    ///
    /// Switches until then.
    pub fn serve(self, listener: impl Listener) -> io::Result<()> {
        self.start(listener)?.wait()
    }
}
