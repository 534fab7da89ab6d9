//! What a server may be told, and what holds otherwise.

use std::time::Duration;

#[cfg(feature = "ssl")]
use crate::green::ssl::Acceptor;

/// How much of a request is put up with.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Bytes of the request line.
    pub(crate) request_line: usize,
    /// Bytes of one header line.
    pub(crate) header_line: usize,
    /// Bytes of all header lines.
    pub(crate) headers: usize,
    /// How many header lines there may be.
    pub(crate) n_headers: usize,
    /// Bytes of a body.
    pub(crate) body: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_line: 8192,
            header_line: 8192,
            headers: 65_536,
            n_headers: 100,
            body: u64::MAX,
        }
    }
}

/// Everything about a connection that is not the application.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) limits: Limits,
    /// How long a connection may be idle between requests; none if each is for one request.
    pub(crate) keep_alive: Option<Duration>,
    /// How long the head of a request may take from its first byte.
    pub(crate) head_timeout: Duration,
    /// How long one read of a body or one write may wait.
    pub(crate) socket_timeout: Option<Duration>,
    /// How many bytes a second bodies and responses must move at least, after [`GRACE`].
    pub(crate) min_rate: u64,
    /// How long the application may take.
    pub(crate) request_timeout: Option<Duration>,
    /// Whether answers are in HTTP/1.1.
    pub(crate) is_1_1: bool,
    /// Pieces of a streamed body are joined until they have so many bytes.
    pub(crate) min_chunk_size: usize,
    /// Whether header names are sent `Like-This`.
    pub(crate) capitalize: bool,
    /// Whether the client is told what the application panicked with.
    pub(crate) debug: bool,
    /// What makes connections secure, if they are to be.
    #[cfg(feature = "ssl")]
    pub(crate) tls: Option<Acceptor>,
}

/// How long a transfer may take whatever its rate.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

impl Default for Settings {
    fn default() -> Self {
        Settings {
            limits: Limits::default(),
            keep_alive: Some(Duration::from_secs(75)),
            head_timeout: Duration::from_secs(30),
            socket_timeout: Some(Duration::from_secs(60)),
            min_rate: 240,
            request_timeout: None,
            is_1_1: true,
            min_chunk_size: 4096,
            capitalize: true,
            debug: false,
            #[cfg(feature = "ssl")]
            tls: None,
        }
    }
}
