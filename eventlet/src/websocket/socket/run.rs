//! A connection from its first message to its end.

use std::fmt;

use super::WebSocket;
use crate::Exit;
use crate::unwind;
use crate::websocket::{Close, CloseCode};

impl WebSocket {
    /// Runs `handler`, and closes the connection when it is done.
    ///
    /// The code is 1000; 1011 if the handler fails or panics, and 1001 if it is killed. A handler may
    /// have [closed](WebSocket::close) it before, with a code of its own.
    ///
    /// # Panics
    ///
    /// Passes on panics of `handler`.
    ///
    /// # Switching
    ///
    /// Switches while it waits for the peer's close frame, and where `handler` does. It does not wait
    /// if the handler is killed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use eventlet::green::os::unix::net::UnixStream;
    /// use std::io;
    /// use eventlet::websocket::{self, CloseCode};
    ///
    /// # let (ours, theirs) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || -> io::Result<()> {
    ///     websocket::accept(ours)?.run(|_ws| Err(io::Error::other("the database is gone")))
    /// });
    /// let ws = websocket::client(theirs, "ws://localhost/")?;
    /// assert_eq!(ws.recv(), None);
    /// assert_eq!(ws.closed().unwrap().code, CloseCode::INTERNAL_ERROR);
    /// assert!(server.wait().unwrap().is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn run<R: Outcome>(self, handler: impl FnOnce(&WebSocket) -> R) -> R {
        match unwind::catch(|| handler(&self)) {
            Ok(outcome) => {
                let code = match outcome.failure() {
                    Some(_) => CloseCode::INTERNAL_ERROR,
                    None => CloseCode::NORMAL,
                };
                self.connection().close(&Close::new(code, ""));
                outcome
            }
            Err(payload) => {
                if Exit::is_panic_payload(&payload) {
                    self.connection().close(&Close::new(CloseCode::INTERNAL_ERROR, ""));
                } else {
                    self.connection().abandon();
                }
                unwind::raise(payload)
            }
        }
    }
}

/// What a handler may return: nothing, or a `Result` whose error can be printed.
///
/// # Examples
///
/// ```
/// use eventlet::websocket::Outcome;
///
/// fn is_handler<R: Outcome>(_: impl FnOnce(&eventlet::websocket::WebSocket) -> R) {}
///
/// is_handler(|_ws| {});
/// is_handler(|ws| ws.send("hello"));
/// ```
pub trait Outcome: sealed::Sealed {
    /// What it has failed with.
    #[doc(hidden)]
    fn failure(&self) -> Option<&dyn fmt::Display>;
}

impl Outcome for () {
    fn failure(&self) -> Option<&dyn fmt::Display> {
        None
    }
}

impl<T, E: fmt::Display> Outcome for Result<T, E> {
    fn failure(&self) -> Option<&dyn fmt::Display> {
        self.as_ref().err().map(|error| error as &dyn fmt::Display)
    }
}

mod sealed {
    //! Keeps the trait to the types it is meant for.

    pub trait Sealed {}
    impl Sealed for () {}
    impl<T, E: std::fmt::Display> Sealed for Result<T, E> {}
}
