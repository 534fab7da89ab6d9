//! The two directions of a connection: what has come and is not used yet, what is to go out.

mod input;
mod output;

use std::io;
use std::rc::Rc;
use std::time::Duration;

use super::settings::{GRACE, Settings};
use super::stream::Stream;
use crate::hub::Time;
use input::Input;

/// A connection, buffered both ways.
pub(crate) struct Wire {
    stream: Stream,
    pub(super) settings: Rc<Settings>,
    input: Input,
    /// What is to be sent with the next write. Its memory is lent for that long.
    pub(super) output: Vec<u8>,
    /// Where in it the response begins that is being put out; none when some of it has been sent.
    response_start: Option<usize>,
    /// How much of that response has been sent, and how long the client has been waited for: the rest
    /// of the time is the application's.
    n_sent: u64,
    waited: Duration,
    /// A write has not come to its end: whatever followed would be taken for the rest of it.
    is_torn: bool,
    /// Whether small writes are sent at once.
    is_nodelay: bool,
}

impl Wire {
    pub(super) fn new(stream: Stream, settings: Rc<Settings>) -> Self {
        Wire {
            stream,
            settings,
            input: Input::new(),
            output: Vec::new(),
            response_start: None,
            n_sent: 0,
            waited: Duration::ZERO,
            is_torn: false,
            is_nodelay: false,
        }
    }

    /// What has been received and not used.
    pub(super) fn received(&self) -> &[u8] {
        self.input.bytes()
    }

    pub(super) fn consume(&mut self, n: usize) {
        self.input.consume(n);
    }

    /// Receives more; 0 is the end.
    pub(super) fn receive(&mut self, deadline: Time) -> io::Result<usize> {
        self.input.fill(&self.stream, deadline)
    }

    /// Receives past the buffer, which is empty.
    pub(super) fn receive_into(&mut self, buf: &mut [u8], deadline: Time) -> io::Result<usize> {
        self.stream.read_until(buf.len(), deadline, |source| source.read(buf))
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The connection, for someone else.
    pub(super) fn into_stream(self) -> Stream {
        // The server's limits are for requests. This fails on no connection that is open.
        let _ = self.stream.set_read_timeout(None).and(self.stream.set_write_timeout(None));
        let ahead = self.input.bytes();
        if ahead.is_empty() { self.stream } else { self.stream.with_ahead(ahead) }
    }

    /// When the next step of a transfer is to be given up that begins now, if `n_moved` bytes have been
    /// waited for as long as `waited`.
    pub(super) fn patience(&self, now: Time, waited: Duration, n_moved: u64) -> Time {
        let longest = after(now, self.settings.socket_timeout);
        let Some(secs) = n_moved.checked_div(self.settings.min_rate) else { return longest };
        let left = GRACE.saturating_add(Duration::from_secs(secs)).saturating_sub(waited);
        longest.min(now.after(left))
    }
}

/// The end of a wait that begins now and may be without limit.
pub(super) fn after(now: Time, limit: Option<Duration>) -> Time {
    limit.map_or(Time::NEVER, |limit| now.after(limit))
}
