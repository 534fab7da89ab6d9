//! How a connection ends.

use std::fmt;

/// The number that says why a connection was closed (RFC 6455, section 7.4).
///
/// # Examples
///
/// ```
/// use eventlet::websocket::CloseCode;
///
/// assert_eq!(CloseCode::NORMAL, CloseCode(1000));
/// assert_eq!(CloseCode::NORMAL.to_string(), "1000");
/// // 4000 to 4999 are for applications.
/// assert!(CloseCode(4321).may_be_sent());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// All is done.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// The server stops, or the page is left.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// The peer has broken the protocol.
    pub const PROTOCOL: CloseCode = CloseCode(1002);
    /// The peer has sent a kind of message that is not understood.
    pub const UNSUPPORTED: CloseCode = CloseCode(1003);
    /// The peer has closed without a code. It is never sent.
    pub const NONE: CloseCode = CloseCode(1005);
    /// The connection was lost. It is never sent.
    pub const LOST: CloseCode = CloseCode(1006);
    /// The peer has sent a text that is not UTF-8.
    pub const INVALID_DATA: CloseCode = CloseCode(1007);
    /// The peer has done what it may not do.
    pub const POLICY: CloseCode = CloseCode(1008);
    /// The peer has sent too much at once.
    pub const TOO_BIG: CloseCode = CloseCode(1009);
    /// The handler has failed.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);

    /// Whether a close frame may have it.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::websocket::CloseCode;
    ///
    /// assert!(CloseCode::NORMAL.may_be_sent());
    /// assert!(!CloseCode::LOST.may_be_sent());
    /// ```
    pub fn may_be_sent(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        CloseCode(code)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a connection is closed: see [`WebSocket::closed`](super::WebSocket::closed).
///
/// # Examples
///
/// ```
/// use eventlet::green::os::unix::net::UnixStream;
/// use eventlet::websocket::{self, CloseCode};
///
/// let (ours, theirs) = UnixStream::pair()?;
/// let server = eventlet::spawn(move || websocket::accept(ours).unwrap().recv());
/// let client = websocket::client(theirs, "ws://localhost/")?;
/// client.close(CloseCode(4000), "that was all");
/// assert_eq!(client.closed().unwrap().to_string(), "4000 (that was all)");
/// assert_eq!(server.wait().unwrap(), None);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Close {
    /// The code of the peer's close frame, or of ours if the peer was at fault.
    /// [`CloseCode::LOST`] if there was neither.
    pub code: CloseCode,
    /// The text that came with it.
    pub reason: String,
}

impl Close {
    /// A reason that does not fit into a frame is cut short.
    pub(super) fn new(code: CloseCode, reason: &str) -> Self {
        let end = reason.floor_char_boundary(LONGEST_REASON);
        Close { code, reason: reason[..end].to_owned() }
    }

    pub(super) fn lost(why: impl fmt::Display) -> Self {
        Close { code: CloseCode::LOST, reason: why.to_string() }
    }
}

/// A control frame has at most 125 bytes, two of which are the code.
const LONGEST_REASON: usize = 123;

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => self.code.fmt(f),
            reason => write!(f, "{} ({reason})", self.code),
        }
    }
}
