//! Reading and writing what is neither socket nor file.

use std::ffi::c_int;

use libc::ssize_t;

use super::at_once;
use super::buffers::{Buffers, Rest};
use super::kind::{self, Kind};
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::errno;

/// Reads what there is, or writes everything.
pub(super) fn transfer(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    match direction {
        Direction::Read => transfer_some(fd, direction, buffers),
        Direction::Write => write_all(fd, buffers),
    }
}

/// Reads or writes as soon as anything can be moved.
pub(super) fn transfer_some(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    Call::new(fd, direction).until_done(|| move_some(fd, direction, buffers))
}

/// Writes everything, as the system does if it may wait. So much as fits into a page goes in one piece.
fn write_all(fd: c_int, buffers: Buffers) -> ssize_t {
    let mut call = Call::new(fd, Direction::Write);
    let mut rest = Rest::new(buffers);
    let mut n_written = 0;
    loop {
        let result = call.until_done(|| move_some(fd, Direction::Write, rest.next()));
        if result <= 0 {
            return if n_written > 0 { n_written } else { result };
        }
        n_written += result;
        // SAFETY: so many have just been moved.
        unsafe { rest.skip(result as usize) };
        if rest.is_empty() {
            return n_written;
        }
        call.progress();
    }
}

/// Moves what can be moved without waiting.
fn move_some(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    let result = at_once::of_stream(fd, direction, buffers);
    let is_asked = result >= 0 || !at_once::is_unsupported(errno::get());
    if is_asked || kind::look(fd) != Kind::Stream {
        return result;
    }
    if !at_once::is_ready(fd, direction) {
        return errno::fail(libc::EAGAIN);
    }
    let most = match direction {
        Direction::Read => None,
        Direction::Write => at_once::fits_into_terminal(fd),
    };
    match most.and_then(|most| buffers.beginning(most)) {
        Some(beginning) => {
            // SAFETY: it is a part of a buffer that may be given to the system.
            at_once::ordinary(fd, direction, unsafe { Buffers::new(&raw const beginning, 1) })
        }
        None => at_once::ordinary(fd, direction, buffers),
    }
}
