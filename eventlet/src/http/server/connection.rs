//! One connection: request after request.

use std::io;
use std::net::Shutdown;
use std::time::Duration;

use ::http::{Method, StatusCode, Version};

use super::seats::Seat;
use super::service::{App, Service};
use crate::http::request::{BadRequest, Request, Takeover};
use crate::http::response::{Ended, Outgoing, Response, Sent, send, send_refusal};
use crate::http::stream::Stream;
use crate::http::wire::{Wire, after};
use crate::hub::{self, Hub};

/// How long a client that does not know yet may go on sending before the connection is closed, and how
/// long it may pause: closed at once, it might never see the last response.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_PAUSE: Duration = Duration::from_millis(500);

/// What comes next on a connection.
enum Next {
    Request,
    /// The client has gone, or has been idle for too long.
    End,
    Refused(BadRequest),
}

/// What becomes of a connection when a request has been answered.
enum After {
    NextRequest,
    TakenOver(Takeover),
    End,
}

/// Answers all requests of a connection.
pub(super) fn serve<A: App>(service: &Service<A>, stream: Stream, seat: &Seat<'_>) {
    let wire = Wire::new(stream, service.settings.clone());
    let mut request = Request::new(wire);
    loop {
        match next(&mut request, service, seat) {
            // Nobody is there to be told of errors of the connection.
            Err(_) | Ok(Next::End) => return,
            Ok(Next::Refused(refused)) => {
                service.log_refusal(&request, refused);
                if send_refusal(refused, &mut request.wire).is_ok() {
                    linger(&mut request.wire);
                }
                return;
            }
            Ok(Next::Request) => {}
        }
        match answer(service, &mut request) {
            After::NextRequest => {}
            After::TakenOver(takeover) => {
                request.shed();
                let stream = request.wire.into_stream().with_parting(seat.hand_over());
                return takeover(stream);
            }
            After::End => break,
        }
    }
    if request.wire.flush().is_ok() && request.may_send_more() {
        linger(&mut request.wire);
    }
}

/// Refuses whatever a client asks for.
pub(super) fn turn_away<A>(service: &Service<A>, stream: Stream) {
    let mut wire = Wire::new(stream, service.settings.clone());
    let refused = BadRequest::new(StatusCode::SERVICE_UNAVAILABLE, "the server stops");
    if send_refusal(refused, &mut wire).is_ok() {
        linger(&mut wire);
    }
}

/// Waits for the head of a request.
fn next<A: App>(request: &mut Request, service: &Service<A>, seat: &Seat<'_>) -> io::Result<Next> {
    let settings = &service.settings;
    let (mut idle_since, mut begun) = (None, None);
    // A head that comes in many pieces is not read again with each of them, unless that may be all.
    let (mut n_seen, mut n_enough) = (0, 1);
    loop {
        let mut n_received = request.wire.received().len();
        if n_received >= n_enough || may_end_head(request.wire.received(), n_seen) {
            match request.parse_next() {
                Ok(true) => return Ok(Next::Request),
                Ok(false) => {
                    // Empty lines have been dropped.
                    n_received = request.wire.received().len();
                    n_enough = (n_received + n_received / 2).max(1);
                }
                Err(refused) => return Ok(Next::Refused(refused)),
            }
        }
        n_seen = n_received;
        request.wire.flush()?;
        let deadline = if n_received == 0 {
            request.shed();
            // Empty lines do not make it later.
            let since = *idle_since.get_or_insert_with(|| hub::with(Hub::now));
            after(since, service.idle_limit())
        } else {
            let now = hub::with(Hub::now);
            let begun = *begun.get_or_insert(now);
            begun.after(settings.head_timeout).min(after(now, settings.socket_timeout))
        };
        // Not before all responses are sent: whoever is idle may be ended when the server stops.
        seat.set_idle(n_received == 0);
        let received = request.wire.receive(deadline);
        seat.set_idle(false);
        match received {
            Ok(0) => return Ok(Next::End),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && n_received > 0 => {
                return Ok(Next::Refused(BadRequest::timeout()));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether there is an empty line that was not there when only `n_seen` bytes were.
fn may_end_head(received: &[u8], n_seen: usize) -> bool {
    let new = &received[n_seen.saturating_sub(2)..];
    new.windows(2).any(|two| two == b"\n\n") || new.windows(3).any(|three| three == b"\n\r\n")
}

/// Has the application answer.
fn answer<A: App>(service: &Service<A>, request: &mut Request) -> After {
    let begun = service.begin_log();
    let ending = Ending { request };
    let request = &mut *ending.request;
    let Answer { response, must_close } = service.call(request);
    let mut status = response.status();
    let takeover = request.take_takeover().filter(|_| response.is_for_takeover());
    let is_1_1 = service.settings.is_1_1 && request.version() == Version::HTTP_11;
    let is_asked = request.asks_to_be_followed();
    let may_follow = service.keeps_alive() && request.may_be_followed() && (is_1_1 || is_asked);
    let outgoing = Outgoing {
        is_1_1,
        is_head: *request.method() == Method::HEAD,
        keep_alive: !must_close && may_follow,
        is_asked,
    };
    let (wire, incoming) = request.parts();
    let mut sent = send(response, wire, incoming, outgoing);
    if let Err(error) = &sent.result
        && wire.take_back_response()
    {
        let Answer { response, .. } = service.failed(&error.to_string());
        status = response.status();
        sent = send(response, wire, incoming, Outgoing { keep_alive: false, ..outgoing });
    }
    let Sent { n_bytes, keep_alive, result } = sent;
    let may_join = keep_alive && request.is_body_read() && takeover.is_none();
    let delivered = result
        .and_then(|()| if may_join { request.wire.flush_if_full() } else { request.wire.flush() });
    if let Err(error) = &delivered {
        service.report_broken(error);
    }
    let ended = Ended { status, n_bytes, is_complete: delivered.is_ok() };
    service.log(request, &ended, begun);
    request.call_hooks(&ended);
    match takeover {
        _ if delivered.is_err() => After::End,
        Some(takeover) => After::TakenOver(takeover),
        None if keep_alive && request.pass_body() => After::NextRequest,
        None => After::End,
    }
}

/// A request that is being answered. If this unwinds, its hooks are called, too.
struct Ending<'a> {
    request: &'a mut Request,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.request.call_hooks(&Ended::cut());
    }
}

/// Ends the connection in such a way that what was sent arrives.
fn linger(wire: &mut Wire) {
    if wire.stream().shutdown(Shutdown::Write).is_err() {
        return;
    }
    let end = hub::with(Hub::now).after(LINGER);
    let mut buf = [0; 4096];
    loop {
        let now = hub::with(Hub::now);
        match wire.receive_into(&mut buf, end.min(now.after(LINGER_PAUSE))) {
            Ok(n) if n > 0 && now < end => {}
            _ => return,
        }
    }
}

/// What the application has answered, or what is answered in its place.
pub(super) struct Answer {
    pub(super) response: Response,
    /// The connection may be in any state.
    pub(super) must_close: bool,
}

impl Answer {
    pub(super) fn error(status: StatusCode, text: String) -> Self {
        let response = Response::text(text).with_status(status.as_u16());
        Answer { response, must_close: true }
    }
}
