//! WebSockets (RFC 6455): for handlers of the HTTP server, and on any stream.
//!
//! A [`WebSocket`] sends and receives [`Message`]s. In an application of the [HTTP server](crate::http)
//! it comes from [`upgrade`], on a stream from [`accept`]; for a client from [`connect`] or [`client`].
//! [`Config`] has the settings, and the same methods.
//!
//! ```
//! use eventlet::websocket;
//!
//! let listener = eventlet::listen("127.0.0.1:0")?;
//! let url = format!("ws://{}/echo", listener.local_addr()?);
//! let server = eventlet::spawn(move || {
//!     eventlet::serve(listener, |stream, _peer| {
//!         websocket::accept(stream)?.run(|ws| ws.messages().try_for_each(|it| ws.send(it)))
//!     })
//! });
//!
//! let ws = websocket::connect(&url)?;
//! ws.send("hello")?;
//! assert_eq!(ws.recv().unwrap().text(), Some("hello"));
//! ws.close(websocket::CloseCode::NORMAL, "");
//! # server.kill();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is seen to
//!
//! - Frames of several senders do not mix, receiving goes on while senders wait for a slow peer,
//!   and pings are answered meanwhile.
//! - A peer that breaks the protocol is told so and cut off: code 1002, 1007 for a text that is not
//!   UTF-8, 1009 for more than the limits of [`Config`], which hold for frames and for whole messages.
//!   What is wrong with a frame's head is noticed before its payload arrives.
//! - Connections end with a code: 1000 when a handler returns, 1011 when it fails or panics, 1001
//!   when the server stops, or any that [`WebSocket::close`] is given. A peer that does not answer
//!   cannot hold that up.
//! - A handshake has limits in bytes and in time. Requests that are none are answered with status
//!   400, other versions than 13 and 8 with 426, origins that are not welcome with 403.
//!
//! # What is not there
//!
//! No extensions are agreed on. That means no compression: the codec, `tungstenite`, has no
//! permessage-deflate, and peers that offer it do without. The drafts 75 and 76, which Eventlet
//! still speaks, were gone from browsers by 2012: such clients get status 400.

mod close;
mod config;
mod connection;
mod handshake;
mod message;
mod socket;
mod transport;
mod upgrade;
mod wire;

pub use close::{Close, CloseCode};
pub use config::Config;
pub use handshake::HandshakeError;
pub use message::Message;
pub use socket::{Messages, Outcome, WebSocket};
pub use transport::Transport;
pub use upgrade::upgrade;

/// Makes a WebSocket of a stream whose other end is a client: reads its request, and answers.
///
/// # Errors
///
/// Fails if the request is not right, and has answered it then; if it takes too long
/// ([`Config::handshake_within`]); and as the stream does.
///
/// # Switching
///
/// Switches while it waits for the client.
///
/// # Examples
///
/// See [`WebSocket`].
pub fn accept(stream: impl Transport) -> Result<WebSocket, HandshakeError> {
    Config::new().accept(stream)
}

/// Connects to a server, by a URL such as `ws://localhost:7000/chat`.
///
/// # Errors
///
/// Fails if the URL is malformed, there is no connection, the server refuses or does not answer as
/// it should, or all that takes too long ([`Config::handshake_within`]). `wss:` needs the feature
/// `ssl`.
///
/// # Switching
///
/// Switches while it waits for the server.
///
/// # Examples
///
/// See [the module](self).
pub fn connect(url: &str) -> Result<WebSocket, HandshakeError> {
    Config::new().connect(url)
}

/// Makes a WebSocket of a stream whose other end is a server. Of the URL only what is to be said to
/// the server is used: whether it is `ws:` or `wss:` makes no difference.
///
/// # Errors
///
/// As [`connect`], without connecting.
///
/// # Switching
///
/// Switches while it waits for the server.
///
/// # Examples
///
/// See [`WebSocket`].
pub fn client(stream: impl Transport, url: &str) -> Result<WebSocket, HandshakeError> {
    Config::new().client(stream, url)
}
