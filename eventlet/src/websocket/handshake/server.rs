//! The server's side, on a stream that no HTTP server reads.

use ::http::{HeaderMap, Method, StatusCode, Version};

use super::head::{self, MAX_FIELDS};
use super::{Agreed, HandshakeError, Opening, Refusal, agree};
use crate::websocket::connection::Connection;
use crate::websocket::wire::Role;
use crate::websocket::{Config, Transport, WebSocket, transport};
use crate::with_timeout;

/// Makes a connection of a stream whose other end is a client.
pub(in crate::websocket) fn accept(
    stream: Box<dyn Transport>,
    config: &Config,
) -> Result<WebSocket, HandshakeError> {
    let limit = config.handshake_within;
    let opened = with_timeout(limit, || greet(&*stream, config))?;
    match opened {
        Ok((opening, read_ahead)) => {
            let (role, config) = (Role::Server, config.clone());
            Ok(WebSocket::new(Connection::new(stream, role, config, opening, read_ahead)))
        }
        Err(error) => {
            if error.answer().is_some() {
                transport::linger(&*stream, config.close_within);
            }
            Err(error)
        }
    }
}

/// Reads the request and answers it.
fn greet(stream: &dyn Transport, config: &Config) -> Result<(Opening, Vec<u8>), HandshakeError> {
    let greeted = head::read(stream).and_then(|head| {
        let (target, headers, agreed) = look_at(&head.bytes, config)?;
        Ok((target, headers, agreed, head.read_ahead))
    });
    match greeted {
        Ok((target, headers, agreed, read_ahead)) => {
            transport::write_all(stream, switching(&agreed).as_bytes())?;
            let Agreed { protocol, version, .. } = agreed;
            Ok((Opening { target, headers, protocol, version }, read_ahead))
        }
        Err(error) => {
            if let Some(status) = error.answer() {
                transport::write_all(stream, refusal(status).as_bytes())?;
            }
            Err(error)
        }
    }
}

/// What is in a request: its target, its header, and what follows from it.
fn look_at(bytes: &[u8], config: &Config) -> Result<(String, HeaderMap, Agreed), HandshakeError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(bytes) {
        Ok(status) if status.is_complete() => {}
        Ok(_) => return Err(HandshakeError::malformed("the request ends too early")),
        Err(httparse::Error::TooManyHeaders) => return Err(HandshakeError::too_large()),
        Err(_) => return Err(HandshakeError::malformed("the request is not HTTP")),
    }
    let headers = head::headers(request.headers)?;
    let method = request.method.and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    let method = method.ok_or_else(|| HandshakeError::malformed("the request has no method"))?;
    let version = if request.version == Some(1) { Version::HTTP_11 } else { Version::HTTP_10 };
    let agreed = agree(&method, version, &headers, config)
        .map_err(|Refusal { status, why }| HandshakeError::refused(status, why))?;
    Ok((request.path.unwrap_or("/").to_owned(), headers, agreed))
}

fn switching(agreed: &Agreed) -> String {
    let mut head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n",
        agreed.accept
    );
    if let Some(protocol) = &agreed.protocol {
        head.extend(["Sec-WebSocket-Protocol: ", protocol, "\r\n"]);
    }
    head + "\r\n"
}

fn refusal(status: StatusCode) -> String {
    let versions = Refusal { status, why: "" }.versions();
    let versions = versions.map(|versions| format!("Sec-WebSocket-Version: {versions}\r\n"));
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n{}\r\n",
        versions.unwrap_or_default()
    )
}
