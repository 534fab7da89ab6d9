//! An HTTP/1.1 server whose applications are plain blocking functions.
//!
//! An application is a function that takes a [`Request`] and returns what becomes a [`Response`]. It runs
//! in a green thread of its connection: it reads the body when it wants it, waits for whatever it needs,
//! and may panic, which the client hears of as 500. [`serve`] runs it, [`Server`] with settings.
//!
//! # Examples
//!
//! ```no_run
//! use eventlet::http::{self, Request};
//!
//! fn app(request: &mut Request) -> String {
//!     format!("hello, {}\n", request.path())
//! }
//!
//! http::serve(eventlet::listen("127.0.0.1:8090")?, app)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What comes and what goes
//!
//! - A request is its own body, by [`Read`](std::io::Read) and [`BufRead`](std::io::BufRead), whether it
//!   comes with a length or in chunks. [`Request::send_continue`] tells a client to go on that waits for
//!   it, which else the first read does. What is not read is passed over, unless it is much.
//! - A response is there as a whole, or made while it is sent: by an iterator ([`Response::stream`]), a
//!   reader ([`Response::read_from`]) or a function ([`Response::written_by`]). Where its length is not
//!   known, it goes in chunks; to clients of HTTP/1.0 until the connection is closed.
//! - `HEAD` is answered by the head of what `GET` would be answered by; 204 and 304 have no body.
//! - Requests that come before their predecessors are answered (pipelining) are answered in order, and
//!   answers may be sent together: one that is ready may wait for the next one to be made.
//! - [`Request::on_end`] has something done when a request is over, whatever became of it.
//! - [`Request::upgrade`] takes the connection over.
//!
//! # What is refused
//!
//! Whatever a proxy in front of the server might understand differently, since requests could be smuggled
//! past it: lengths that are given twice or malformed, or together with chunks; codings that do not end
//! with chunks; malformed chunks; lines that end without CR, are continued or have control characters in
//! them; a `Host` that is missing, malformed or there twice. Each is answered by a status (400, 408, 413,
//! 414, 417, 431, 501 or 505), and the connection is closed. The project keeps a corpus of such requests.
//!
//! # Limits
//!
//! | what | by default | set by | beyond it |
//! |---|---|---|---|
//! | connections at once | 1,024 | [`Server::max_connections`], [`Server::pool`] | others wait to be accepted |
//! | request line | 8,192 bytes | [`Server::max_request_line`] | 414 |
//! | a header, all headers | 8,192 and 65,536 bytes, 100 of them | [`Server::max_header_line`], [`Server::max_headers_size`], [`Server::max_headers`] | 431 |
//! | a body | none | [`Server::max_body`] | 413 |
//! | time for the head | 30 s from its first byte | [`Server::head_timeout`] | 408 |
//! | rate of a body and of a response | 240 bytes a second after 10 s | [`Server::min_rate`] | 408, or the end of the connection |
//! | one read or write | 60 s | [`Server::socket_timeout`] | the same |
//! | between requests | 75 s | [`Server::keep_alive`] | the connection is closed |
//! | the application | none | [`Server::request_timeout`] | 503 |
//!
//! # Eventlet's `wsgi.server`
//!
//! | Eventlet | here |
//! |---|---|
//! | `sock`, `site` | [`serve`], [`Server::new`] and [`Server::serve`] |
//! | `log`, `log_output`, `log_format`, `log_x_forwarded_for` | [`Server::log`], [`Server::log_format`], [`Server::log_x_forwarded_for`]; there is no log by default |
//! | `max_size`, `custom_pool` | [`Server::max_connections`], [`Server::pool`] |
//! | `max_http_version`, `minimum_chunk_size`, `capitalize_response_headers` | [`Server::max_http_version`], [`Server::min_chunk_size`], [`Server::capitalize_headers`] |
//! | `keepalive`, `socket_timeout` | [`Server::keep_alive`], [`Server::no_keep_alive`], [`Server::socket_timeout`] |
//! | `url_length_limit` | [`Server::max_request_line`] |
//! | `debug` | [`Server::debug`], off by default |
//! | `wrap_ssl(sock)` | `Server::tls` |
//! | `environ` | [`Request`] |
//! | `wsgi.input.set_hundred_continue_response_headers` | [`Request::send_continue`] |
//! | `eventlet.posthooks` | [`Request::on_end`] |
//! | `eventlet.minimum_write_chunk_size` | [`Response::with_min_chunk_size`] |
//! | `WSGI_LOCAL.already_handled`, `wsgi.input.get_socket` | [`Request::upgrade`] |
//! | killing the server | [`Running::stop`], [`Running::stop_within`] |

mod date;
mod hooks;
mod log;
mod parting;
pub(crate) mod request;
mod response;
mod server;
mod settings;
mod spare;
mod stream;
mod wire;

use std::io;

pub use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};

pub use request::Request;
pub use response::{BodyWriter, Ended, IntoResponse, Response};
pub use server::{Listener, Running, Server, ServerHubs};
pub use stream::Stream;

/// Serves an application until the listener is closed: [`Server::serve`] with the settings that hold
/// by default.
///
/// # Errors
///
/// Fails if the listener cannot accept any more.
///
/// # Switching
///
/// Switches until the listener is closed.
pub fn serve<A, R>(listener: impl Listener, app: A) -> io::Result<()>
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse + 'static,
{
    Server::new(app).serve(listener)
}
