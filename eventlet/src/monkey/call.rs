//! A call on a socket, or the like, that may have to wait.
//!
//! ```text
//!   begin ─► attempt, without waiting ─► done
//!               ▲          │ would block
//!               └─ again ── wait: is the descriptor blocking? until when? park
//! ```

use std::ffi::c_int;
use std::os::fd::RawFd;
use std::time::Duration;

use super::wait::{
    After, deadline_of, errno_of, is_nonblocking, pause_until, wait_for, would_block,
};
use super::{errno, facts};
use crate::greenio::Pauses;
use crate::hub::{self, Direction, Hub, Time};

/// How long to wait for a Unix socket to be writable before trying again without having been told that
/// it is worth it. Linux wakes who is blocked in sending when the peer shuts down receiving, but its
/// poller says nothing then.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) struct Call {
    fd: RawFd,
    direction: Direction,
    /// When to give up; not known before it has to wait.
    deadline: Option<Time>,
    /// It has been told that the descriptor is ready, and nothing has been moved since.
    was_told: bool,
    /// How it waits where being told means nothing.
    pauses: Option<Pauses>,
}

/// What to do after a wait.
pub(super) enum Next {
    /// Try again.
    Attempt,
    /// Nothing more will come, which the system says only to those who block: they need not wait.
    Ask,
}

impl Call {
    #[inline]
    pub(super) fn new(fd: RawFd, direction: Direction) -> Self {
        Call { fd, direction, deadline: None, was_told: false, pauses: None }
    }

    /// Begins a call: if many in a row did not have to wait, the others run first.
    ///
    /// # Errors
    ///
    /// The number of an error, if something has been thrown at the caller.
    #[inline]
    pub(super) fn begin(fd: RawFd, direction: Direction, is_stream: bool) -> Result<Call, c_int> {
        let call = Self::new(fd, direction);
        call.take_turn(is_stream)?;
        Ok(call)
    }

    /// Lets the others run first if many attempts in a row did not have to wait.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    #[inline]
    fn take_turn(&self, is_stream: bool) -> Result<(), c_int> {
        match hub::count_call(is_stream, || self.may_give_way()) {
            None => Ok(()),
            Some(_) if facts::is_waker(self.fd) => {
                hub::count_again();
                Ok(())
            }
            Some(thrown) => Err(errno_of(thrown)),
        }
    }

    /// Whether the others may run before the call. Signal handlers write to descriptors that are
    /// non-blocking, and may have interrupted anything, such as an allocation.
    fn may_give_way(&self) -> bool {
        self.direction == Direction::Read || !is_nonblocking(self.fd)
    }

    /// Waits until `attempt` succeeds, which tries without waiting, and fails with `EAGAIN` if it would
    /// have to.
    pub(super) fn until_done(&mut self, mut attempt: impl FnMut() -> isize) -> isize {
        if let Err(error) = self.take_turn(true) {
            return errno::fail(error);
        }
        loop {
            let result = attempt();
            if result >= 0 || errno::get() != libc::EAGAIN {
                return result;
            }
            let waited = match self.wait() {
                Ok(Next::Ask) => self.pause(),
                other => other,
            };
            if let Err(error) = waited {
                return errno::fail(error);
            }
        }
    }

    /// Notes that a part of what was to be moved has been.
    pub(super) fn progress(&mut self) {
        self.was_told = false;
        let is_limited = self.deadline.is_some_and(|deadline| deadline < Time::NEVER);
        if is_limited && self.direction == Direction::Write && facts::is_unix(self.fd) {
            // It has its timeout for each part.
            self.deadline = None;
        }
    }

    /// Waits after an attempt that would have blocked.
    ///
    /// # Errors
    ///
    /// The number of the error with which the call fails: "would block" if the program has set the
    /// descriptor non-blocking, or its timeout has passed.
    pub(super) fn wait(&mut self) -> Result<Next, c_int> {
        let deadline = self.deadline()?;
        if self.was_told {
            let events = facts::poll(self.fd, self.direction);
            if self.direction == Direction::Read && facts::has_ended(events) {
                return Ok(Next::Ask);
            }
            if events != 0 {
                return self.pause();
            }
            // Someone else was faster.
        }
        let until = self.patience().map_or(deadline, |patience| deadline.min(patience));
        match wait_for(self.fd, self.direction, until) {
            After::Fail(libc::EAGAIN) if until < deadline => self.was_told = false,
            After::Fail(libc::ENOSPC | libc::ENOMEM | libc::EMFILE | libc::ENFILE) => {
                return self.pause();
            }
            After::Fail(error) => return Err(error),
            After::Retry => self.was_told = true,
        }
        Ok(Next::Attempt)
    }

    /// When to give up.
    ///
    /// # Errors
    ///
    /// The number of the error with which the call fails if it is not to wait at all.
    fn deadline(&mut self) -> Result<Time, c_int> {
        match self.deadline {
            Some(deadline) => Ok(deadline),
            None if is_nonblocking(self.fd) => Err(would_block(self.fd)),
            None => Ok(*self.deadline.insert(deadline_of(self.fd, self.direction))),
        }
    }

    /// Until when to wait at most before trying again.
    fn patience(&self) -> Option<Time> {
        let is_untold = self.direction == Direction::Write && facts::is_unix(self.fd);
        is_untold.then(|| hub::with(|hub: &Hub| hub.deadline_in(PATIENCE)))
    }

    /// Lets some time pass before the next attempt, where readiness is no help.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub(super) fn pause(&mut self) -> Result<Next, c_int> {
        let deadline = self.deadline()?;
        let pauses = self.pauses.get_or_insert_with(|| Pauses::new(deadline));
        let Some(end) = pauses.end_of_next() else { return Err(libc::EAGAIN) };
        match pause_until(end) {
            After::Retry => Ok(Next::Attempt),
            After::Fail(error) => Err(error),
        }
    }
}
