//! What can go wrong in a handshake.

use std::{fmt, io};

use ::http::StatusCode;

use crate::TimedOut;

/// There is no connection: the handshake has failed.
///
/// It converts into an [`io::Error`], so `?` works in functions that do I/O.
///
/// # Examples
///
/// ```
/// use eventlet::green::os::unix::net::UnixStream;
/// use eventlet::websocket::{self, Config};
///
/// let (ours, theirs) = UnixStream::pair()?;
/// let config = Config::new().origins(|_host, origin| origin == Some("https://here.example"));
/// let server = eventlet::spawn(move || config.accept(ours).is_err());
/// let error = websocket::client(theirs, "ws://localhost/").err().unwrap();
/// assert_eq!(error.status(), Some(403));
/// assert!(server.wait().unwrap());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct HandshakeError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Io(io::Error),
    TimedOut(TimedOut),
    /// What the peer has said is not what it may say.
    Malformed(&'static str),
    TooLarge,
    /// A server does not want this client.
    Refused(StatusCode, &'static str),
    Url(&'static str),
}

impl HandshakeError {
    pub(super) fn malformed(why: &'static str) -> Self {
        Kind::Malformed(why).into()
    }

    pub(super) fn too_large() -> Self {
        Kind::TooLarge.into()
    }

    pub(super) fn refused(status: StatusCode, why: &'static str) -> Self {
        Kind::Refused(status, why).into()
    }

    pub(super) fn url(why: &'static str) -> Self {
        Kind::Url(why).into()
    }

    /// The status by which a server that hears of this answers; none if nobody would hear it.
    pub(super) fn answer(&self) -> Option<StatusCode> {
        match &self.kind {
            Kind::Malformed(_) => Some(StatusCode::BAD_REQUEST),
            Kind::TooLarge => Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Kind::Refused(status, _) => Some(*status),
            Kind::Io(_) | Kind::TimedOut(_) | Kind::Url(_) => None,
        }
    }

    /// The HTTP status by which the server has refused, if it has: also where this is the server.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::websocket;
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let url = format!("ws://{}/", listener.local_addr()?);
    /// let client = eventlet::spawn(move || websocket::connect(&url).err().unwrap());
    /// // No server that ever answers.
    /// drop(listener.accept()?);
    /// assert_eq!(client.wait().unwrap().status(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            Kind::Refused(status, _) => Some(status.as_u16()),
            _ => None,
        }
    }

    /// Whether the handshake took longer than it may.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::green::os::unix::net::UnixStream;
    /// use eventlet::websocket::Config;
    ///
    /// let (ours, _silent) = UnixStream::pair()?;
    /// let config = Config::new().handshake_within(Duration::from_millis(1));
    /// assert!(config.accept(ours).err().unwrap().is_timeout());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind, Kind::TimedOut(_))
    }
}

impl From<Kind> for HandshakeError {
    fn from(kind: Kind) -> Self {
        HandshakeError { kind }
    }
}

impl From<io::Error> for HandshakeError {
    fn from(error: io::Error) -> Self {
        Kind::Io(error).into()
    }
}

impl From<TimedOut> for HandshakeError {
    fn from(error: TimedOut) -> Self {
        Kind::TimedOut(error).into()
    }
}

impl From<HandshakeError> for io::Error {
    fn from(error: HandshakeError) -> Self {
        let kind = match error.kind {
            Kind::Io(error) => return error,
            Kind::TimedOut(_) => io::ErrorKind::TimedOut,
            Kind::Malformed(_) | Kind::TooLarge => io::ErrorKind::InvalidData,
            Kind::Refused(..) => io::ErrorKind::ConnectionRefused,
            Kind::Url(_) => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, error)
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no WebSocket: ")?;
        match &self.kind {
            Kind::Io(error) => error.fmt(f),
            Kind::TimedOut(error) => write!(f, "the handshake {error}"),
            Kind::Malformed(why) | Kind::Url(why) => f.write_str(why),
            Kind::TooLarge => f.write_str("the head of the handshake is too large"),
            Kind::Refused(status, why) => write!(f, "{why} ({status})"),
        }
    }
}

impl std::error::Error for HandshakeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Io(error) => Some(error),
            Kind::TimedOut(error) => Some(error),
            _ => None,
        }
    }
}
