//! Reading and writing as the kind of a descriptor demands.

use std::ffi::c_int;

use libc::ssize_t;

use super::at_once;
use super::buffers::Buffers;
use super::kind::{self, Kind};
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::{errno, patches};
use crate::patcher::category::Category;

/// One call that reads or writes.
pub(super) struct Transfer {
    fd: c_int,
    direction: Direction,
    kind: Kind,
    call: Call,
}

impl Transfer {
    pub(super) fn new(fd: c_int, direction: Direction) -> Self {
        Transfer { fd, direction, kind: kind::guess(fd), call: Call::new(fd, direction) }
    }

    /// Moves at least one byte, unless there is nothing to move any more; waits for that.
    pub(super) fn move_some(&mut self, buffers: Buffers) -> ssize_t {
        let (fd, direction) = (self.fd, self.direction);
        loop {
            let (result, is_doubtful): (_, fn(c_int) -> bool) = match self.kind {
                Kind::Socket if patches::has(Category::Socket) => {
                    let attempt = || at_once::of_socket(fd, direction, buffers);
                    (self.call.until_done(attempt), |error| error == libc::ENOTSOCK)
                }
                Kind::Stream if patches::has(Category::Os) => {
                    let attempt = || from_stream(fd, direction, buffers);
                    (self.call.until_done(attempt), at_once::is_unsupported)
                }
                _ => return at_once::ordinary(fd, direction, buffers),
            };
            if result >= 0 || !is_doubtful(errno::get()) || !self.was_wrong() {
                return result;
            }
        }
    }

    /// Whether the descriptor is of another kind than it was taken for. Keeps the error.
    fn was_wrong(&mut self) -> bool {
        let error = errno::get();
        let before = std::mem::replace(&mut self.kind, kind::look(self.fd));
        errno::set(error);
        self.kind != before
    }

    /// Whether what the system has not moved is not to be moved by this call.
    pub(super) fn ends_early(&self) -> bool {
        self.kind == Kind::Disk
    }
}

/// Moves bytes of what is neither socket nor file, without waiting.
fn from_stream(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    let result = at_once::of_stream(fd, direction, buffers);
    let is_moved = result >= 0 || !at_once::is_unsupported(errno::get());
    if is_moved || kind::look(fd) != Kind::Stream {
        return result;
    }
    if at_once::is_ready(fd, direction) {
        at_once::ordinary(fd, direction, buffers)
    } else {
        errno::fail(libc::EAGAIN)
    }
}
