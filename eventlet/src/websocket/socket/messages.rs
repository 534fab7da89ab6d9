//! Messages, one after the other.

use super::WebSocket;
use crate::websocket::Message;

/// The messages of a [`WebSocket`], up to its end: see [`WebSocket::messages`].
///
/// # Examples
///
/// ```
/// # use eventlet::green::os::unix::net::UnixStream;
/// # use eventlet::websocket;
/// # let (ours, theirs) = UnixStream::pair()?;
/// # let server = eventlet::spawn(move || websocket::accept(ours)?.run(|ws| ws.send("hello")));
/// let ws = websocket::client(theirs, "ws://localhost/")?;
/// for message in &ws {
///     assert_eq!(message.text(), Some("hello"));
/// }
/// # server.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Messages {
    pub(super) socket: WebSocket,
}

impl Iterator for Messages {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        self.socket.recv()
    }
}

impl std::iter::FusedIterator for Messages {}
