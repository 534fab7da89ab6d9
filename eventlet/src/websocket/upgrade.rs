//! WebSockets of the HTTP server.

use super::connection::Connection;
use super::handshake::{Agreed, Opening, Refusal, agree};
use super::wire::Role;
use super::{Config, Outcome, WebSocket};
use crate::http::{Request, Response, Stream};

/// Answers a request for a WebSocket: with the response by which the connection becomes one, or with
/// one that refuses (400, 403 or 426).
///
/// `handler` is called when the response has been sent, in the green thread that serves the
/// connection, and the connection is closed when it returns: see [`WebSocket::run`]. What it fails
/// with is printed on standard error, unless the client has gone. When the server
/// [stops](crate::http::Running::stop) it is closed with code 1001 where the handler next waits for a
/// message.
///
/// # Switching
///
/// Never switches; what the server does with the response does.
///
/// # Examples
///
/// ```
/// use eventlet::http::{Request, Response, Server};
/// use eventlet::websocket;
///
/// fn app(request: &mut Request) -> Response {
///     match request.raw_path() {
///         "/echo" => websocket::upgrade(request, |ws| {
///             ws.messages().try_for_each(|message| ws.send(message))
///         }),
///         _ => Response::text("an ordinary page"),
///     }
/// }
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let url = format!("ws://{}/echo", listener.local_addr()?);
/// let server = Server::new(app).start(listener)?;
/// let ws = websocket::connect(&url)?;
/// ws.send("hello")?;
/// assert_eq!(ws.recv().unwrap().text(), Some("hello"));
/// ws.close(websocket::CloseCode::NORMAL, "");
/// server.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "WebSocketWSGI")]
pub fn upgrade<R: Outcome>(
    request: &mut Request,
    handler: impl FnOnce(&WebSocket) -> R + 'static,
) -> Response {
    Config::new().upgrade(request, handler)
}

pub(super) fn respond<R: Outcome>(
    config: &Config,
    request: &mut Request,
    handler: impl FnOnce(&WebSocket) -> R + 'static,
) -> Response {
    let agreed = agree(request.method(), request.version(), request.headers(), config);
    let Agreed { accept, protocol, version } = match agreed {
        Ok(agreed) => agreed,
        Err(refusal) => return refuse(&refusal),
    };
    let mut response = Response::new(101)
        .with_header("upgrade", "websocket")
        .with_header("sec-websocket-accept", accept);
    if let Some(protocol) = &protocol {
        response = response.with_header("sec-websocket-protocol", protocol.as_str());
    }
    let (target, headers) = (request.target().to_owned(), request.headers().clone());
    let opening = Opening { target, headers, protocol, version };
    let config = config.clone();
    request.upgrade(response, move |stream| serve(stream, config, opening, handler))
}

fn refuse(refusal: &Refusal) -> Response {
    let response = Response::new(refusal.status.as_u16()).with_header("connection", "close");
    match refusal.versions() {
        Some(versions) => response.with_header("sec-websocket-version", versions),
        None => response,
    }
}

/// Runs the handler on a connection that the server has given away.
fn serve<R: Outcome>(
    stream: Stream,
    config: Config,
    opening: Opening,
    handler: impl FnOnce(&WebSocket) -> R,
) {
    let stream = Box::new(stream);
    let connection = Connection::new(stream, Role::Server, config, opening, Vec::new());
    let ws = WebSocket::new(connection);
    ws.run(|ws| {
        let outcome = handler(ws);
        // What fails because the client has gone is no news.
        if let Some(error) = outcome.failure().filter(|_| ws.closed().is_none()) {
            notice!("eventlet: the handler of a WebSocket failed: {error}");
        }
        outcome
    });
}
