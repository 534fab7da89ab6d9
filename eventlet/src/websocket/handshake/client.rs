//! The client's side.

use ::http::StatusCode;
use ::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

use super::head::{self, Head, MAX_FIELDS};
use super::tokens::{lists, only};
use super::url::Url;
use super::{HandshakeError, Opening};
use crate::green::net::TcpStream;
use crate::websocket::connection::Connection;
use crate::websocket::wire::Role;
use crate::websocket::{Config, Transport, WebSocket, transport};
use crate::with_timeout;

/// Connects to the server of a URL.
pub(in crate::websocket) fn connect(
    url: &str,
    config: &Config,
) -> Result<WebSocket, HandshakeError> {
    let url = Url::parse(url)?;
    with_timeout(config.handshake_within, || {
        let stream = TcpStream::connect((url.host.as_str(), url.port))?;
        let stream: Box<dyn Transport> =
            if url.is_secure { secure(&url, stream, config)? } else { Box::new(stream) };
        greet(stream, &url, config)
    })?
}

#[cfg(feature = "ssl")]
fn secure(
    url: &Url,
    stream: TcpStream,
    config: &Config,
) -> Result<Box<dyn Transport>, HandshakeError> {
    let connector = match &config.connector {
        Some(connector) => connector.clone(),
        None => crate::green::ssl::Connector::new()?,
    };
    Ok(Box::new(connector.connect(&url.host, stream)?))
}

#[cfg(not(feature = "ssl"))]
fn secure(_: &Url, _: TcpStream, _: &Config) -> Result<Box<dyn Transport>, HandshakeError> {
    Err(HandshakeError::url("wss: needs the feature `ssl` of eventlet"))
}

/// Makes a connection of a stream whose other end is a server.
pub(in crate::websocket) fn open(
    stream: Box<dyn Transport>,
    url: &str,
    config: &Config,
) -> Result<WebSocket, HandshakeError> {
    let url = Url::parse(url)?;
    with_timeout(config.handshake_within, || greet(stream, &url, config))?
}

fn greet(
    stream: Box<dyn Transport>,
    url: &Url,
    config: &Config,
) -> Result<WebSocket, HandshakeError> {
    let key = generate_key();
    transport::write_all(&*stream, request(url, &key, config).as_bytes())?;
    let head = head::read(&*stream)?;
    let opening = look_at(&head, url, &key, config)?;
    let (role, config) = (Role::Client, config.clone());
    Ok(WebSocket::new(Connection::new(stream, role, config, opening, head.read_ahead)))
}

fn request(url: &Url, key: &str, config: &Config) -> String {
    let mut head = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n",
        url.target, url.host_field
    );
    if !config.protocols.is_empty() {
        head.extend(["Sec-WebSocket-Protocol: ", &config.protocols.join(", "), "\r\n"]);
    }
    for (name, value) in &config.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + "\r\n"
}

/// Looks at a response by RFC 6455, section 4.1.
fn look_at(head: &Head, url: &Url, key: &str, config: &Config) -> Result<Opening, HandshakeError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    match response.parse(&head.bytes) {
        Ok(status) if status.is_complete() => {}
        _ => return Err(HandshakeError::malformed("the response is not HTTP")),
    }
    let headers = head::headers(response.headers)?;
    match response.code.map(StatusCode::from_u16) {
        Some(Ok(StatusCode::SWITCHING_PROTOCOLS)) => {}
        Some(Ok(status)) => {
            return Err(HandshakeError::refused(status, "the server has refused"));
        }
        _ => return Err(HandshakeError::malformed("the response has no status")),
    }
    if !lists(&headers, CONNECTION, "upgrade") || !lists(&headers, UPGRADE, "websocket") {
        return Err(HandshakeError::malformed("the server switches to something else"));
    }
    let is_answer = only(&headers, SEC_WEBSOCKET_ACCEPT).is_ok_and(|accept| {
        accept.is_some_and(|accept| *accept == derive_accept_key(key.as_bytes()))
    });
    if !is_answer {
        return Err(HandshakeError::malformed("the server has not answered the key"));
    }
    if headers.contains_key(SEC_WEBSOCKET_EXTENSIONS) {
        return Err(HandshakeError::malformed(
            "the server wants an extension that was not offered",
        ));
    }
    let protocol = match only(&headers, SEC_WEBSOCKET_PROTOCOL) {
        Ok(None) => None,
        Ok(Some(theirs)) if config.protocols.iter().any(|ours| *theirs == *ours) => {
            Some(String::from_utf8_lossy(theirs.as_bytes()).into_owned())
        }
        _ => {
            let why = "the server wants a sub-protocol that was not offered";
            return Err(HandshakeError::malformed(why));
        }
    };
    Ok(Opening { target: url.target.clone(), headers, protocol, version: 13 })
}
