//! Reading and writing what can be moved without waiting.

use std::ffi::c_int;
use std::mem::MaybeUninit;

use libc::ssize_t;

use super::buffers::Buffers;
use crate::hub::Direction;
use crate::monkey::original;

/// Moves bytes of what is neither socket nor file; fails as [`is_unsupported`] says if it cannot be
/// asked for that.
#[cfg(target_env = "gnu")]
pub(super) fn of_stream(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    /// Streams have no positions.
    const NO_OFFSET: libc::off_t = -1;
    let Buffers { first, n } = buffers;
    // SAFETY: the buffers may be given to the system.
    unsafe {
        match direction {
            Direction::Read => libc::preadv2(fd, first, n, NO_OFFSET, libc::RWF_NOWAIT),
            Direction::Write => libc::pwritev2(fd, first, n, NO_OFFSET, libc::RWF_NOWAIT),
        }
    }
}

/// As above, where the C library has no such calls.
#[cfg(not(target_env = "gnu"))]
pub(super) fn of_stream(_: c_int, _: Direction, _: Buffers) -> ssize_t {
    crate::monkey::errno::fail(libc::EOPNOTSUPP)
}

/// Whether the file, or the system, cannot move only what need not be waited for. Some sandboxes answer
/// a call that they do not know with `EPERM`.
pub(super) fn is_unsupported(error: c_int) -> bool {
    [libc::EOPNOTSUPP, libc::ENOSYS, libc::EPERM].contains(&error)
}

/// Whether something can be moved at this moment, or there is an error to be told.
pub(super) fn is_ready(fd: c_int, direction: Direction) -> bool {
    let events = match direction {
        Direction::Read => libc::POLLIN,
        Direction::Write => libc::POLLOUT,
    };
    let mut request = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: there is one entry, and the call does not wait.
    unsafe { original::poll(&raw mut request, 1, 0) != 0 }
}

/// How many bytes can be written to a terminal that is ready; none if it is something else.
pub(super) fn fits_into_terminal(fd: c_int) -> Option<usize> {
    /// It has room for so many, or says that it is not ready.
    const ROOM: usize = 256;
    let mut mode = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: there is room for what the call writes.
    if unsafe { libc::tcgetattr(fd, mode.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: the call has succeeded, and so has written all of it.
    let flags = unsafe { mode.assume_init() }.c_oflag;
    // What becomes of one byte: at most a tabulator's blanks, or a line's two characters.
    let each = match () {
        () if flags & libc::OPOST == 0 => 1,
        () if flags & libc::TABDLY == 0 => 2,
        () => 8,
    };
    Some(ROOM / each)
}

/// Moves bytes as the system does, which may wait.
pub(super) fn ordinary(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    // SAFETY: the buffers may be given to the system.
    unsafe {
        match direction {
            Direction::Read => original::readv(fd, buffers.first, buffers.n),
            Direction::Write => original::writev(fd, buffers.first, buffers.n),
        }
    }
}
