//! Reading and writing as the kind of a descriptor demands.

use std::ffi::c_int;

use libc::ssize_t;

use super::buffers::Buffers;
use super::kind::{self, Kind};
use super::{at_once, stream};
use crate::hub::Direction;
use crate::monkey::socket::receive::{receive, receive_message};
use crate::monkey::socket::send::{send_bytes, send_message};
use crate::monkey::{errno, patches};
use crate::patcher::category::Category;

/// Moves bytes as the system does, but that only the green thread waits.
pub(super) fn transfer(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    let mut kind = kind::guess(fd);
    loop {
        let (result, is_doubtful): (_, fn(c_int) -> bool) = match kind {
            Kind::Socket if patches::has(Category::Socket) => {
                (of_socket(fd, direction, buffers), |error| error == libc::ENOTSOCK)
            }
            Kind::Stream if patches::has(Category::Os) => {
                (stream::transfer(fd, direction, buffers), at_once::is_unsupported)
            }
            _ => return at_once::ordinary(fd, direction, buffers),
        };
        let error = errno::get();
        if result >= 0 || !is_doubtful(error) {
            return result;
        }
        let before = std::mem::replace(&mut kind, kind::look(fd));
        if kind == before {
            return errno::fail(error);
        }
    }
}

fn of_socket(fd: c_int, direction: Direction, buffers: Buffers) -> ssize_t {
    if let Some(buffer) = buffers.single() {
        let (bytes, length) = (buffer.iov_base, buffer.iov_len);
        // SAFETY: the buffer may be given to the system.
        return unsafe {
            match direction {
                Direction::Read => receive(fd, bytes, length, 0),
                Direction::Write => send_bytes(fd, bytes, length, 0),
            }
        };
    }
    // SAFETY: zeroes are valid, and mean that there is neither an address nor anything else.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = buffers.first.cast_mut();
    message.msg_iovlen = buffers.n as _;
    // SAFETY: the buffers may be given to the system, and the rest of the message is valid.
    unsafe {
        match direction {
            Direction::Read => receive_message(fd, &raw mut message, 0),
            Direction::Write => send_message(fd, &raw const message, 0),
        }
    }
}
