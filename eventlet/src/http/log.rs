//! A line for each request.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ::http::StatusCode;

use super::request::{BadRequest, Request};
use super::response::Ended;

/// The format that Eventlet's server has, which is nearly that of other servers.
pub(super) const FORMAT: &str = "{client_ip} - - [{date_time}] \"{request_line}\" {status_code} \
                                 {body_length} {wall_seconds}";

/// Who is told of requests, and how.
#[derive(Clone)]
pub(super) struct Log {
    pub(super) format: Arc<str>,
    /// Whether the addresses in `X-Forwarded-For` are told, too.
    pub(super) forwarded: bool,
    pub(super) sink: Arc<dyn Fn(&str) + Send + Sync>,
}

/// What can be told of a request.
pub(super) struct Entry<'a> {
    request: &'a Request,
    line: Option<String>,
    status: StatusCode,
    n_bytes: u64,
    took: Duration,
}

impl<'a> Entry<'a> {
    pub(super) fn of(request: &'a Request, ended: &Ended, took: Duration) -> Self {
        let line =
            Some(format!("{} {} {:?}", request.method(), request.target(), request.version()));
        Entry { request, line, status: ended.status, n_bytes: ended.n_bytes, took }
    }

    /// Of what is refused nothing is known for sure but that.
    pub(super) fn of_refused(request: &'a Request, refused: BadRequest) -> Self {
        Entry { request, line: None, status: refused.status, n_bytes: 0, took: Duration::ZERO }
    }
}

impl Log {
    pub(super) fn tell(&self, entry: &Entry<'_>) {
        (self.sink)(&self.line(entry));
    }

    fn line(&self, entry: &Entry<'_>) -> String {
        let mut line = String::with_capacity(120);
        let mut rest = &*self.format;
        while let Some((text, tail)) = rest.split_once('{') {
            let Some((field, tail)) = tail.split_once('}') else { break };
            line.push_str(text);
            self.field(entry, field, &mut line);
            rest = tail;
        }
        line.push_str(rest);
        line
    }

    fn field(&self, entry: &Entry<'_>, field: &str, line: &mut String) {
        let peer = entry.request.peer_addr();
        // Writing to a string cannot fail.
        let _ = match field {
            "client_ip" => {
                let forwarded = entry.line.as_ref().and(entry.request.header("x-forwarded-for"));
                if let Some(forwarded) = forwarded.filter(|_| self.forwarded) {
                    let _ = write!(line, "{},", forwarded.replace(' ', ""));
                }
                match peer {
                    Some(peer) => write!(line, "{}", peer.ip()),
                    None => line.write_str("unix"),
                }
            }
            "client_port" => write!(line, "{}", peer.map_or(0, |peer| peer.port())),
            "date_time" => line.write_str(&httpdate::fmt_http_date(SystemTime::now())),
            "request_line" => line.write_str(entry.line.as_deref().unwrap_or("-")),
            "status_code" => write!(line, "{}", entry.status.as_u16()),
            "body_length" => write!(line, "{}", entry.n_bytes),
            "wall_seconds" => write!(line, "{:.6}", entry.took.as_secs_f64()),
            unknown => write!(line, "{{{unknown}}}"),
        };
    }
}
