//! Waiting on behalf of code that knows nothing of green threads.

use std::ffi::c_int;
use std::os::fd::{BorrowedFd, RawFd};
use std::time::Duration;

use super::errno;
use crate::hub::{self, Direction, Thrown, Time, Visit};

/// What to do after a wait.
pub(super) enum After {
    /// Try again.
    Retry,
    /// Give up, with this error.
    Fail(c_int),
}

/// Waits until it is worth trying again what has answered "would block".
pub(super) fn wait_for(fd: RawFd, direction: Direction, deadline: Time) -> After {
    // SAFETY: the descriptor has just been used, and is not closed while nobody else runs.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    match hub::visit(fd, direction, deadline) {
        Visit::Ready => After::Retry,
        Visit::TimedOut => After::Fail(libc::EAGAIN),
        Visit::Closed => After::Fail(libc::EBADF),
        Visit::Unwinding => After::Fail(libc::ECANCELED),
        Visit::Thrown(thrown) => After::Fail(errno_of(thrown)),
        Visit::Failed(error) => After::Fail(error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

/// The error of a call that was ended by what was thrown at its green thread.
pub(super) fn errno_of(thrown: Thrown) -> c_int {
    match thrown {
        Thrown::Limit => libc::ETIMEDOUT,
        Thrown::Kill => libc::ECANCELED,
        Thrown::Panic => libc::EDEADLK,
    }
}

/// Whether the program has set a descriptor non-blocking: then "would block" is the answer.
pub(super) fn is_nonblocking(fd: RawFd) -> bool {
    // SAFETY: the command takes no argument and writes nothing.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    flags >= 0 && flags & libc::O_NONBLOCK != 0
}

/// When a call on a socket that begins now gives up, by the option `SO_RCVTIMEO` or `SO_SNDTIMEO`.
pub(super) fn deadline_of(fd: RawFd, direction: Direction) -> Time {
    let option = match direction {
        Direction::Read => libc::SO_RCVTIMEO,
        Direction::Write => libc::SO_SNDTIMEO,
    };
    let mut limit = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let mut length = size_of::<libc::timeval>() as libc::socklen_t;
    // SAFETY: the buffer is a `timeval`, as long as the call is told.
    let status = unsafe {
        libc::getsockopt(fd, libc::SOL_SOCKET, option, (&raw mut limit).cast(), &raw mut length)
    };
    if status != 0 || limit.tv_sec == 0 && limit.tv_usec == 0 {
        return Time::NEVER;
    }
    let limit = Duration::new(limit.tv_sec as u64, limit.tv_usec as u32 * 1000);
    hub::with(|hub| hub.deadline_in(limit))
}

/// A call that may have to wait, more than once, for one descriptor.
pub(super) struct Call {
    fd: RawFd,
    direction: Direction,
    /// When it gives up; unknown until it has to wait. It holds for all waits together.
    deadline: Option<Time>,
}

impl Call {
    pub(super) fn new(fd: RawFd, direction: Direction) -> Self {
        Call { fd, direction, deadline: None }
    }

    /// Waits until `attempt` succeeds, which tries without waiting, and fails with `EAGAIN` if it
    /// would have to.
    pub(super) fn until_done(&mut self, mut attempt: impl FnMut() -> isize) -> isize {
        loop {
            let result = attempt();
            if result >= 0 || errno::get() != libc::EAGAIN {
                return result;
            }
            if let After::Fail(error) = self.wait() {
                return errno::fail(error);
            }
        }
    }

    /// Waits until it is worth trying again; not if the program has set the descriptor non-blocking.
    fn wait(&mut self) -> After {
        if self.deadline.is_none() && is_nonblocking(self.fd) {
            return After::Fail(libc::EAGAIN);
        }
        let deadline = || deadline_of(self.fd, self.direction);
        let deadline = *self.deadline.get_or_insert_with(deadline);
        wait_for(self.fd, self.direction, deadline)
    }
}

/// Does what a call on a socket that may wait does: `attempt` tries without waiting, and fails with
/// `EAGAIN` if it would have to.
pub(super) fn socket_call(
    fd: RawFd,
    direction: Direction,
    attempt: impl FnMut() -> isize,
) -> isize {
    errno::kept_on_success(|| Call::new(fd, direction).until_done(attempt))
}
