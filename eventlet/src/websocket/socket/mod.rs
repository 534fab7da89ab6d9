//! The handle of a connection.

mod messages;
mod opening;
mod run;

use std::fmt;
use std::io;
use std::rc::Rc;

pub use messages::Messages;
pub use run::Outcome;

use super::connection::Connection;
use super::{Close, CloseCode, Message};

/// A WebSocket: one end of a connection that carries messages.
///
/// A clone is the same end. One green thread may receive while others send: those who send are
/// served in the order they came, and their messages do not mix. Receiving goes on while a sender
/// waits for a peer that reads slowly.
///
/// It is to be ended by [`close`](WebSocket::close), or by returning from
/// [`run`](WebSocket::run). When the last clone is dropped before, the connection is cut, and the
/// peer sees that it was lost (1006). It belongs to its OS thread.
///
/// # Limits and kills
///
/// [`with_timeout`](crate::with_timeout) limits a wait, and a green thread that waits may be
/// killed. Of what is being received nothing is lost by that; whoever receives next goes on with
/// it. A message that waits for its turn is not sent. One that is being written ends the connection,
/// since the peer could make nothing of half a frame.
///
/// # Examples
///
/// ```
/// use eventlet::green::os::unix::net::UnixStream;
/// use eventlet::websocket;
///
/// let (ours, theirs) = UnixStream::pair()?;
/// let server = eventlet::spawn(move || {
///     websocket::accept(ours)?.run(|ws| ws.messages().try_for_each(|message| ws.send(message)))
/// });
///
/// let ws = websocket::client(theirs, "ws://localhost/echo")?;
/// let reader = ws.clone();
/// let reader = eventlet::spawn(move || reader.recv().and_then(|m| m.text().map(str::len)));
/// ws.send("hello")?;
/// assert_eq!(reader.wait().unwrap(), Some(5));
/// ws.close(websocket::CloseCode::NORMAL, "");
/// server.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "RFC6455WebSocket")]
pub struct WebSocket {
    handle: Rc<Handle>,
}

/// What all clones share, and nobody else: when it goes, nobody can use the connection any more.
struct Handle {
    connection: Rc<Connection>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.connection.end(Close::lost("the WebSocket was dropped"));
    }
}

impl WebSocket {
    /// The first handle of a connection.
    pub(super) fn new(connection: Connection) -> Self {
        let connection = Rc::new(connection);
        connection.keep();
        connection.heed_server();
        WebSocket { handle: Rc::new(Handle { connection }) }
    }

    fn connection(&self) -> &Rc<Connection> {
        &self.handle.connection
    }

    /// Sends a message, waiting for its turn and until the system has taken it.
    ///
    /// # Errors
    ///
    /// Fails with [`BrokenPipe`](io::ErrorKind::BrokenPipe) if the connection is closed or being
    /// closed, with [`InvalidInput`](io::ErrorKind::InvalidInput) for a ping or pong of more than 125
    /// bytes, and as writing does. Success does not mean that the peer has got it.
    ///
    /// # Switching
    ///
    /// Switches if others are sending, or the peer reads slowly.
    ///
    /// # Examples
    ///
    /// ```
    /// # use eventlet::green::os::unix::net::UnixStream;
    /// use eventlet::websocket::{self, Message};
    ///
    /// # let (ours, theirs) = UnixStream::pair()?;
    /// # let server = eventlet::spawn(move || websocket::accept(ours));
    /// let ws = websocket::client(theirs, "ws://localhost/")?;
    /// ws.send("a text")?;
    /// ws.send([1, 2, 3])?;
    /// ws.send(Message::Ping(b"are you there?".to_vec()))?;
    /// # let server = server.wait().unwrap()?;
    /// # assert_eq!(server.recv(), Some(Message::from("a text")));
    /// # assert_eq!(server.recv(), Some(Message::from([1, 2, 3])));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send(&self, message: impl Into<Message>) -> io::Result<()> {
        self.connection().send(message.into())
    }

    /// Receives the next message; `None` when the connection is over, however that came:
    /// [`closed`](WebSocket::closed) says.
    ///
    /// Pings are answered and close frames, too, but only while somebody receives: a handler that
    /// merely sends has a green thread beside it that does. If several green threads receive, they
    /// get one message each, in the order they came.
    ///
    /// # Switching
    ///
    /// Switches if nothing has arrived.
    ///
    /// # Examples
    ///
    /// ```
    /// # use eventlet::green::os::unix::net::UnixStream;
    /// # use eventlet::websocket::{self, CloseCode, Message};
    /// # let (ours, theirs) = UnixStream::pair()?;
    /// # let server = eventlet::spawn(move || {
    /// #     websocket::accept(ours)?.run(|ws| ws.send("welcome"))
    /// # });
    /// let ws = websocket::client(theirs, "ws://localhost/")?;
    /// assert_eq!(ws.recv(), Some(Message::from("welcome")));
    /// assert_eq!(ws.recv(), None);
    /// assert_eq!(ws.closed().unwrap().code, CloseCode::NORMAL);
    /// # server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "wait")]
    pub fn recv(&self) -> Option<Message> {
        self.connection().recv()
    }

    /// Receives messages until the connection is over. `for message in &ws` does the same.
    ///
    /// # Switching
    ///
    /// Never switches; the iterator does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use eventlet::green::os::unix::net::UnixStream;
    /// # use eventlet::websocket;
    /// # let (ours, theirs) = UnixStream::pair()?;
    /// # let server = eventlet::spawn(move || {
    /// #     websocket::accept(ours)?.run(|ws| ["a", "b"].iter().try_for_each(|it| ws.send(*it)))
    /// # });
    /// let ws = websocket::client(theirs, "ws://localhost/")?;
    /// let texts: Vec<_> = ws.messages().filter_map(|it| it.text().map(str::to_owned)).collect();
    /// assert_eq!(texts, ["a", "b"]);
    /// # server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn messages(&self) -> Messages {
        Messages { socket: self.clone() }
    }

    /// Closes the connection: sends a close frame, and waits for the peer's.
    ///
    /// Messages that still arrive go to whoever receives, or are thrown away. A peer that does not
    /// answer in time ([`Config::close_within`](super::Config::close_within)) is cut off. A reason of more
    /// than 123 bytes is cut short. A connection that is closed stays as it is.
    ///
    /// # Panics
    ///
    /// Panics if the code [cannot be sent](CloseCode::may_be_sent).
    ///
    /// # Switching
    ///
    /// Switches while it waits for the peer.
    ///
    /// # Examples
    ///
    /// See [`Close`].
    #[track_caller]
    pub fn close(&self, code: impl Into<CloseCode>, reason: &str) {
        let code = code.into();
        assert!(code.may_be_sent(), "the close code {code} cannot be sent");
        self.connection().close(&Close::new(code, reason));
    }

    /// Why the connection is over; `None` while it is not.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`recv`](WebSocket::recv).
    pub fn closed(&self) -> Option<Close> {
        self.connection().closed()
    }

    /// Ends the connection when its user next waits for a message, or now if he does so already: with
    /// code 1001. Servers do so when they are to stop and let running work finish.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// # use eventlet::green::os::unix::net::UnixStream;
    /// use eventlet::websocket::{self, CloseCode};
    ///
    /// # let (ours, theirs) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || {
    ///     let ws = websocket::accept(ours)?;
    ///     ws.stop();
    ///     ws.send("this is sent")?;
    ///     assert_eq!(ws.recv(), None);
    ///     std::io::Result::Ok(())
    /// });
    /// let ws = websocket::client(theirs, "ws://localhost/")?;
    /// assert!(ws.recv().is_some());
    /// assert_eq!(ws.recv(), None);
    /// assert_eq!(ws.closed().unwrap().code, CloseCode::GOING_AWAY);
    /// server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stop(&self) {
        self.connection().stop();
    }
}

impl IntoIterator for &WebSocket {
    type Item = Message;
    type IntoIter = Messages;

    fn into_iter(self) -> Messages {
        self.messages()
    }
}

impl IntoIterator for WebSocket {
    type Item = Message;
    type IntoIter = Messages;

    fn into_iter(self) -> Messages {
        Messages { socket: self }
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("target", &self.target())
            .field("closed", &self.closed())
            .finish_non_exhaustive()
    }
}
