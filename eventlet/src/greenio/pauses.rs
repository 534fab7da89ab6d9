//! Waiting for what the system gives no sign of: trying again after pauses that grow.
//!
//! A Unix socket is not told when a listener's backlog, or the queue of a receiver that it is not
//! connected to, has room again. A native thread could block in the call, but would be gone for as
//! long as nobody accepts or receives, and a few such peers would take the whole pool. And who has
//! no descriptor left to wait with is told nothing at all.

use std::io;
use std::time::Duration;

use crate::hub::{self, Hub, Time};

/// One wait of this kind.
pub(crate) struct Pauses {
    next: Duration,
    /// When to give up.
    deadline: Time,
}

impl Pauses {
    /// A peer that is at work makes room soon.
    const FIRST: Duration = Duration::from_micros(100);
    /// So late may one notice that a peer has come back to work; no more than twenty attempts a
    /// second are made.
    const LONGEST: Duration = Duration::from_millis(50);

    pub(crate) fn new(deadline: Time) -> Self {
        Pauses { next: Self::FIRST, deadline }
    }

    /// Pauses; says false when the time is up.
    ///
    /// # Errors
    ///
    /// Fails if the caller unwinds.
    pub(crate) fn pause(&mut self) -> io::Result<bool> {
        let Some(end) = self.end_of_next() else { return Ok(false) };
        hub::pause_until(end)?;
        Ok(true)
    }

    /// When a pause is over that begins now; none when the time is up.
    pub(crate) fn end_of_next(&mut self) -> Option<Time> {
        let now = hub::with(Hub::now);
        if now >= self.deadline {
            return None;
        }
        let end = now.after(self.next).min(self.deadline);
        self.next = (self.next * 2).min(Self::LONGEST);
        Some(end)
    }
}

/// Whether a wait failed because there is no descriptor left to wait with.
pub(crate) fn lacks_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}
