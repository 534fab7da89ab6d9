//! Settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{HandshakeError, Outcome, Transport, WebSocket, handshake, upgrade};
use crate::http::{Request, Response};

/// Settings of WebSockets, and what makes them with these settings.
///
/// A clone has the same settings.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::websocket::Config;
///
/// let config = Config::new()
///     .max_message(64 * 1024)
///     .protocols(["chat.v2", "chat.v1"])
///     .origins(|_host, origin| origin == Some("https://chat.example"))
///     .ping_every(Duration::from_secs(30));
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// # let url = format!("ws://{}/", listener.local_addr()?);
/// # let client = eventlet::spawn(move || {
/// #     Config::new().header("Origin", "https://chat.example").connect(&url).unwrap()
/// # });
/// let (stream, _peer) = listener.accept()?;
/// let ws = config.accept(stream)?;
/// # client.wait().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "configured")]
#[doc(alias = "WebSocketWSGI")]
pub struct Config {
    pub(super) max_frame: usize,
    pub(super) max_message: usize,
    pub(super) protocols: Vec<String>,
    /// Says whether a client of this host and origin is welcome.
    pub(super) origins: Option<OriginCheck>,
    /// What a client says besides.
    pub(super) headers: Vec<(String, String)>,
    /// How `wss:` is connected to; as the system does unless set.
    #[cfg(feature = "ssl")]
    pub(super) connector: Option<crate::green::ssl::Connector>,
    pub(super) control_messages: bool,
    pub(super) ping_every: Option<Duration>,
    pub(super) pong_within: Duration,
    pub(super) close_within: Duration,
    pub(super) handshake_within: Duration,
}

/// A server with several hubs has one check for all.
type OriginCheck = Arc<dyn Fn(&str, Option<&str>) -> bool + Send + Sync>;

impl Config {
    /// The settings that [`accept`](super::accept) and [`connect`](super::connect) have.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = eventlet::websocket::Config::new();
    /// assert!(format!("{config:?}").contains("max_frame: 8388608"));
    /// ```
    pub fn new() -> Self {
        Config {
            max_frame: 8 << 20,
            max_message: 8 << 20,
            protocols: Vec::new(),
            origins: None,
            headers: Vec::new(),
            #[cfg(feature = "ssl")]
            connector: None,
            control_messages: false,
            ping_every: None,
            pong_within: Duration::from_secs(20),
            close_within: Duration::from_secs(5),
            handshake_within: Duration::from_secs(10),
        }
    }

    /// Refuses frames of more bytes than this, with code 1009. 8 MiB unless set.
    #[doc(alias = "max_frame_length")]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes;
        self
    }

    /// Refuses messages of more bytes than this, with code 1009, however many frames they have.
    /// 8 MiB unless set. It is what a connection can make this side keep.
    pub fn max_message(mut self, bytes: usize) -> Self {
        self.max_message = bytes;
        self
    }

    /// The sub-protocols that are understood, the best one first. None unless set.
    ///
    /// A server takes the first of them that the client offers. If the client offers others only,
    /// there is a connection all the same, with [no sub-protocol](WebSocket::protocol).
    ///
    /// # Panics
    ///
    /// Panics if one of them is not a token of HTTP.
    #[doc(alias = "supported_protocols")]
    pub fn protocols<S: Into<String>>(mut self, protocols: impl IntoIterator<Item = S>) -> Self {
        self.protocols = protocols.into_iter().map(Into::into).collect();
        for protocol in &self.protocols {
            assert!(is_token(protocol), "{protocol:?} cannot be the name of a sub-protocol");
        }
        self
    }

    /// Refuses clients, with status 403, unless `is_welcome` says yes to their `Host` and `Origin`.
    /// All are welcome unless set.
    ///
    /// Browsers let any page connect to any server, and send the user's cookies along. A server
    /// that trusts cookies has to check where the page is from. Clients that are no browsers most
    /// often send no origin, and may lie.
    #[doc(alias = "origin_checker")]
    pub fn origins(
        mut self,
        is_welcome: impl Fn(&str, Option<&str>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.origins = Some(Arc::new(is_welcome));
        self
    }

    /// Adds a header field to the request of a client, such as `Origin` or `Authorization`.
    ///
    /// # Panics
    ///
    /// Panics if the name is not a token of HTTP, or the value has control characters.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        assert!(is_token(name), "{name:?} cannot be the name of a header field");
        assert!(!value.chars().any(char::is_control), "{value:?} cannot be in a header field");
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// How a client connects by `wss:`. Unless set, as [`Connector::new`] does.
    ///
    /// [`Connector::new`]: crate::green::ssl::Connector::new
    #[cfg(feature = "ssl")]
    pub fn connector(mut self, connector: crate::green::ssl::Connector) -> Self {
        self.connector = Some(connector);
        self
    }

    /// Whether pings and pongs are received as messages, too. Not unless set.
    pub fn control_messages(mut self, are_received: bool) -> Self {
        self.control_messages = are_received;
        self
    }

    /// Sends a ping after each such stretch of time, and ends the connection if the peer then shows
    /// no sign of life [for too long](Config::pong_within). Nothing is sent unless set.
    ///
    /// Whatever arrives is a sign of life. If nobody receives, it is looked for all the same, and a
    /// message that is met then is kept. While such a message waits to be received there are no pings.
    ///
    /// # Panics
    ///
    /// Panics if it is no time at all.
    pub fn ping_every(mut self, pause: Duration) -> Self {
        assert!(!pause.is_zero(), "there has to be some time between pings");
        self.ping_every = Some(pause);
        self
    }

    /// How long the answer to such a ping may take. 20 seconds unless set.
    pub fn pong_within(mut self, limit: Duration) -> Self {
        self.pong_within = limit;
        self
    }

    /// How long the peer may take to answer a close frame. 5 seconds unless set.
    pub fn close_within(mut self, limit: Duration) -> Self {
        self.close_within = limit;
        self
    }

    /// How long the handshake may take, connecting included. 10 seconds unless set.
    ///
    /// [`upgrade`](super::upgrade) has no use for it: the HTTP server has limits of its own.
    pub fn handshake_within(mut self, limit: Duration) -> Self {
        self.handshake_within = limit;
        self
    }

    /// As [`upgrade`](super::upgrade), with these settings.
    ///
    /// # Switching
    ///
    /// Never switches; what the server does with the response does.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use eventlet::http::{self, Request, Response};
    /// use eventlet::websocket::Config;
    ///
    /// let config = Config::new().protocols(["chat"]).max_message(4096);
    /// let app = move |request: &mut Request| match request.raw_path() {
    ///     "/chat" => config.upgrade(request, |ws| ws.send("welcome")),
    ///     _ => Response::text("no such page").with_status(404),
    /// };
    /// http::serve(eventlet::listen("127.0.0.1:7000")?, app)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn upgrade<R: Outcome>(
        &self,
        request: &mut Request,
        handler: impl FnOnce(&WebSocket) -> R + 'static,
    ) -> Response {
        upgrade::respond(self, request, handler)
    }

    /// As [`accept`](super::accept), with these settings.
    ///
    /// # Errors
    ///
    /// As `accept`.
    ///
    /// # Switching
    ///
    /// Switches while it waits for the client.
    ///
    /// # Examples
    ///
    /// See [`Config`].
    pub fn accept(&self, stream: impl Transport) -> Result<WebSocket, HandshakeError> {
        handshake::accept(Box::new(stream), self)
    }

    /// As [`client`](super::client), with these settings.
    ///
    /// # Errors
    ///
    /// As `client`.
    ///
    /// # Switching
    ///
    /// Switches while it waits for the server.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixStream;
    /// use eventlet::websocket::{self, Config};
    ///
    /// let (ours, theirs) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || {
    ///     websocket::accept(ours).map(|ws| ws.header("x-name").map(str::to_owned))
    /// });
    /// Config::new().header("X-Name", "Ann").client(theirs, "ws://localhost/")?;
    /// assert_eq!(server.wait().unwrap()?.as_deref(), Some("Ann"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn client(&self, stream: impl Transport, url: &str) -> Result<WebSocket, HandshakeError> {
        handshake::open(Box::new(stream), url, self)
    }

    /// As [`connect`](super::connect), with these settings.
    ///
    /// # Errors
    ///
    /// As `connect`.
    ///
    /// # Switching
    ///
    /// Switches while it waits for the server.
    ///
    /// # Examples
    ///
    /// See [`Config`].
    pub fn connect(&self, url: &str) -> Result<WebSocket, HandshakeError> {
        handshake::connect(url, self)
    }
}

/// What HTTP calls a token.
fn is_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_part)
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("max_frame", &self.max_frame)
            .field("max_message", &self.max_message)
            .field("protocols", &self.protocols)
            .field("ping_every", &self.ping_every)
            .finish_non_exhaustive()
    }
}
