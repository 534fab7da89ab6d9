//! An HTTP/1.1 server whose applications are plain blocking functions.
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

mod date;
mod log;
mod parting;
mod request;
mod response;
mod server;
mod settings;
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
