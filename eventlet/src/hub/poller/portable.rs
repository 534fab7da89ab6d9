//! Waiting where there is no epoll: mio's own poll, in whole milliseconds.

use std::io;
use std::time::Duration;

use mio::{Poll, Token};

use super::Readiness;

/// Events taken from the system at a time.
const CAPACITY: usize = 1024;

pub(super) struct Events {
    buffer: mio::Events,
    list: Vec<(Token, Readiness)>,
}

impl Events {
    pub(super) fn new() -> Self {
        Events { buffer: mio::Events::with_capacity(CAPACITY), list: Vec::with_capacity(CAPACITY) }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, index: usize) -> (Token, Readiness) {
        self.list[index]
    }

    /// Waits for at least one event; none means that the time is up or a signal came.
    pub(super) fn wait(&mut self, poll: &mut Poll, timeout: Option<Duration>) -> io::Result<()> {
        self.list.clear();
        match poll.poll(&mut self.buffer, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
        self.list.extend(self.buffer.iter().map(|event| {
            let ended = event.is_read_closed() || event.is_error();
            let readiness = Readiness {
                read: event.is_readable() || ended,
                write: event.is_writable() || event.is_write_closed() || event.is_error(),
                hang_up: ended,
            };
            (event.token(), readiness)
        }));
        Ok(())
    }
}
