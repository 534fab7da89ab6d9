//! What the connections of a server share on one hub.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use ::http::StatusCode;

use super::connection::{self, Answer};
use super::seats::{LAST_CALL, Seats};
use crate::greenthread::Exit;
use crate::http::log::{Entry, Log};
use crate::http::request::{BadRequest, Request};
use crate::http::response::{Ended, Response};
use crate::http::settings::Settings;
use crate::http::stream::Stream;
use crate::hub::{self, Hub, Time};
use crate::unwind;
use crate::with_timeout;

/// An application, whatever it returns.
pub(crate) trait App: 'static {
    fn call(&self, request: &mut Request) -> Result<Response, String>;
}

/// All of a server but its listener.
pub(super) struct Service<A> {
    app: A,
    pub(super) settings: Rc<Settings>,
    log: Option<Log>,
    pub(super) seats: Seats,
}

impl<A: App> Service<A> {
    pub(super) fn new(app: A, settings: Settings, log: Option<Log>) -> Self {
        Service { app, settings: Rc::new(settings), log, seats: Seats::new() }
    }

    /// Serves one connection, in the green thread that is to do that.
    pub(super) fn serve(&self, stream: Stream) {
        let seat = self.seats.take();
        connection::serve(self, self.secured(stream), &seat);
    }

    /// Tells a client that it will not be served, likewise.
    pub(super) fn turn_away(&self, stream: Stream) {
        let _seat = self.seats.take();
        connection::turn_away(self, self.secured(stream));
    }

    fn secured(&self, stream: Stream) -> Stream {
        #[cfg(feature = "ssl")]
        if let Some(acceptor) = &self.settings.tls {
            return stream.secured(acceptor);
        }
        stream
    }

    pub(super) fn keeps_alive(&self) -> bool {
        self.settings.keep_alive.is_some() && !self.seats.is_stopping()
    }

    /// How long a connection may be idle. When the server stops, those that have been told that it goes
    /// on may send one more request.
    pub(super) fn idle_limit(&self) -> Option<Duration> {
        let limit = self.settings.keep_alive.or(self.settings.socket_timeout);
        if self.seats.is_stopping() {
            Some(limit.map_or(LAST_CALL, |limit| limit.min(LAST_CALL)))
        } else {
            limit
        }
    }

    /// Has the application answer, or says what is answered in its place.
    pub(super) fn call(&self, request: &mut Request) -> Answer {
        let called = unwind::catch(|| match self.settings.request_timeout {
            None => Ok(self.app.call(request)),
            Some(limit) => with_timeout(limit, || self.app.call(request)),
        });
        match called {
            Ok(Ok(Ok(response))) if response.is_interim() => {
                self.failed(&format!("the status {} is no response", response.status()))
            }
            Ok(Ok(Ok(response))) => Answer { response, must_close: false },
            Ok(Ok(Err(error))) => match request.refusal() {
                Some(refused) => Answer::error(refused.status, refused.why.to_owned()),
                None => self.failed(&error),
            },
            Ok(Err(limit)) => {
                notice!("eventlet: a request has {limit}");
                Answer::error(StatusCode::SERVICE_UNAVAILABLE, "it takes too long".to_owned())
            }
            Err(payload) if Exit::is_panic_payload(&payload) => {
                let text = unwind::message(&*payload).to_owned();
                unwind::dispose(payload);
                self.broken(&text)
            }
            // It is killed, or some outer limit has passed.
            Err(payload) => unwind::raise(payload),
        }
    }

    /// The application has no response but an error.
    pub(super) fn failed(&self, error: &str) -> Answer {
        notice!("eventlet: the application failed: {error}");
        self.broken(error)
    }

    /// The server's user has been told; the client is told if that is wanted.
    fn broken(&self, text: &str) -> Answer {
        let text = if self.settings.debug { text } else { "internal server error" };
        Answer::error(StatusCode::INTERNAL_SERVER_ERROR, text.to_owned())
    }

    /// Tells of a body that could not be sent, unless it is the client's doing.
    pub(super) fn report_broken(&self, error: &io::Error) {
        use io::ErrorKind::{BrokenPipe, ConnectionReset, NotConnected, WouldBlock};
        if !matches!(error.kind(), BrokenPipe | ConnectionReset | NotConnected | WouldBlock) {
            notice!("eventlet: a response was cut short: {error}");
        }
    }

    /// When the request came, if that is to be told.
    pub(super) fn begin_log(&self) -> Option<Time> {
        self.log.as_ref().map(|_| hub::with(Hub::now))
    }

    pub(super) fn log(&self, request: &Request, ended: &Ended, begun: Option<Time>) {
        if let (Some(log), Some(begun)) = (&self.log, begun) {
            let took = hub::with(Hub::now).since(begun);
            log.tell(&Entry::of(request, ended, took));
        }
    }

    pub(super) fn log_refusal(&self, request: &Request, refused: BadRequest) {
        if let Some(log) = &self.log {
            log.tell(&Entry::of_refused(request, refused));
        }
    }
}
