//! Waiting on behalf of code that knows nothing of green threads.

use std::ffi::c_int;
use std::os::fd::{BorrowedFd, RawFd};
use std::time::Duration;

use super::errno::Failed;
use super::{errno, facts};
use crate::hub::{self, CallWake, Direction, Hub, Thrown, Time, Visit};

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

/// The error of a call that would have to wait, and is not to. It is what was thrown at the green thread if
/// another call has failed because of that: `epoll_wait` says then that everything is ready, and whoever
/// tries is to give up.
pub(super) fn would_block(fd: RawFd) -> c_int {
    let thrown =
        if hub::with(Hub::current_is_unwinding) { Some(Thrown::Kill) } else { hub::felt() };
    match thrown {
        Some(thrown) if !facts::is_waker(fd) => errno_of(thrown),
        _ => libc::EAGAIN,
    }
}

/// The result of a call that is not to wait, with the error of [`would_block`] if it would have to.
#[inline]
pub(super) fn without_wait<R: Failed + PartialEq>(fd: RawFd, result: R) -> R {
    if result == R::FAILED && errno::get() == libc::EAGAIN {
        errno::set(would_block(fd));
    }
    result
}

/// Lets time pass until `moment`, for lack of something better to wait for.
pub(super) fn pause_until(moment: Time) -> After {
    if hub::with(Hub::current_is_unwinding) {
        return After::Fail(libc::ECANCELED);
    }
    let waiter = hub::with(Hub::begin_wait);
    match hub::park_in_call(waiter, "another attempt at a call", moment) {
        CallWake::Thrown(thrown) => After::Fail(errno_of(thrown)),
        CallWake::Ready | CallWake::TimedOut => After::Retry,
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
    // SAFETY: that is the type of both, which consists of numbers.
    let limit: Option<libc::timeval> = unsafe { facts::option(fd, option) };
    match limit.map(|limit| Duration::new(limit.tv_sec as u64, limit.tv_usec as u32 * 1000)) {
        None | Some(Duration::ZERO) => Time::NEVER,
        Some(limit) => hub::with(|hub| hub.deadline_in(limit)),
    }
}
