//! Why a handshake has failed.

use std::fmt;
use std::io;
use std::time::Duration;

use super::wire::Buffers;

/// Why a TLS handshake has failed. It is inside of the [`io::Error`] that the failed call returns.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use eventlet::green::ssl::{Connector, HandshakeError, Reason};
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let server = eventlet::spawn(move || listener.accept()?.0.write_all(b"220 ready\r\n"));
///
/// let error = Connector::new()?.connect("localhost", eventlet::connect(address)?).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
/// assert_eq!(HandshakeError::of(&error).unwrap().reason(), Reason::NotTls);
/// server.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HandshakeError {
    reason: Reason,
    text: String,
}

/// What went wrong in a handshake.
///
/// | reason | the error's kind |
/// |---|---|
/// | `CertificateRefused` | [`PermissionDenied`](io::ErrorKind::PermissionDenied) |
/// | `RefusedByPeer` | [`ConnectionAborted`](io::ErrorKind::ConnectionAborted) |
/// | `TimedOut` | [`TimedOut`](io::ErrorKind::TimedOut) |
/// | `Closed` | [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) |
/// | `NotTls`, `Protocol` | [`InvalidData`](io::ErrorKind::InvalidData) |
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The peer's certificate is not to be trusted, or not for the name that was asked for.
    CertificateRefused,
    /// The peer has ended the handshake with an alert.
    RefusedByPeer,
    /// It took too long.
    TimedOut,
    /// The peer has closed the connection in the middle.
    Closed,
    /// What the peer says is not TLS at all.
    NotTls,
    /// Both speak TLS and do not understand each other.
    Protocol,
}

impl HandshakeError {
    /// The one in this error, if a handshake has failed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::ssl::HandshakeError;
    ///
    /// assert!(HandshakeError::of(&std::io::Error::other("something else")).is_none());
    /// ```
    pub fn of(error: &io::Error) -> Option<&HandshakeError> {
        error.get_ref()?.downcast_ref()
    }

    /// What went wrong.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`HandshakeError`].
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Judges what the system's library says by what the peer has said.
    pub(super) fn new(error: &native_tls::Error, buffers: &Buffers) -> Self {
        let text = error.to_string();
        if let Some(words) = buffers.foreign_words() {
            let words = words.escape_ascii();
            let text = format!("the peer does not speak TLS: its first bytes are \"{words}\"");
            return HandshakeError { reason: Reason::NotTls, text };
        }
        if buffers.is_at_end() && buffers.rest().is_empty() && !is_refusal(&text) {
            let text = "the peer has closed the connection during the TLS handshake".into();
            return HandshakeError { reason: Reason::Closed, text };
        }
        let (reason, what) = match &text {
            text if is_refusal(text) => {
                (Reason::CertificateRefused, "the peer's certificate was refused")
            }
            text if is_alert(text) => (Reason::RefusedByPeer, "the peer has ended the handshake"),
            _ => (Reason::Protocol, "the TLS handshake has failed"),
        };
        HandshakeError { reason, text: format!("{what}: {text}") }
    }

    pub(super) fn timed_out(limit: Duration) -> Self {
        let text = format!("the TLS handshake was not over after {limit:?}");
        HandshakeError { reason: Reason::TimedOut, text }
    }

    fn kind(&self) -> io::ErrorKind {
        match self.reason {
            Reason::CertificateRefused => io::ErrorKind::PermissionDenied,
            Reason::RefusedByPeer => io::ErrorKind::ConnectionAborted,
            Reason::TimedOut => io::ErrorKind::TimedOut,
            Reason::Closed => io::ErrorKind::UnexpectedEof,
            Reason::NotTls | Reason::Protocol => io::ErrorKind::InvalidData,
        }
    }
}

/// Whether it was the system's library that refused a certificate. It tells only in words.
fn is_refusal(text: &str) -> bool {
    ["certificate verify failed", "not trusted"].iter().any(|words| text.contains(words))
}

/// Whether the library tells of an alert of the peer's.
fn is_alert(text: &str) -> bool {
    text.contains("alert")
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for HandshakeError {}

impl From<HandshakeError> for io::Error {
    fn from(error: HandshakeError) -> Self {
        io::Error::new(error.kind(), error)
    }
}

/// Gives an error of the library after the handshake a kind: a broken record, or an alert.
pub(super) fn with_kind(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Other if is_alert(&error.to_string()) => {
            io::Error::new(io::ErrorKind::ConnectionAborted, error)
        }
        io::ErrorKind::Other => io::Error::new(io::ErrorKind::InvalidData, error),
        _ => error,
    }
}

/// An error for what the user has given, such as a certificate.
pub(super) fn invalid_input(what: &str, error: native_tls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{what}: {error}"))
}
