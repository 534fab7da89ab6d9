//! `splice`, with which `std::io::copy` moves bytes between pipes and sockets.

use std::ffi::{c_int, c_uint};

use libc::{off64_t, size_t, ssize_t};

use super::at_once::is_ready;
use super::kind::{self, Kind};
use crate::hub::Direction;
use crate::monkey::call::Call;
use crate::monkey::{errno, patches};
use crate::patcher::category::Category;

patched! {
    /// Moves bytes from or to a pipe without copying them.
    [Os] fn splice(
        from: c_int,
        from_offset: *mut off64_t,
        to: c_int,
        to_offset: *mut off64_t,
        length: size_t,
        flags: c_uint,
    ) -> ssize_t => splice_some;
}

/// So much fits into a socket that is ready.
const FITS: usize = 4096;

unsafe fn splice_some(
    from: c_int,
    from_offset: *mut off64_t,
    to: c_int,
    to_offset: *mut off64_t,
    length: size_t,
    flags: c_uint,
) -> ssize_t {
    // Only pipes can be told not to wait, and of a socket too much might be asked: so it is made sure
    // what they are.
    let to_socket = kind::look(to) == Kind::Socket;
    let from_socket = kind::look(from) == Kind::Socket;
    let is_over = flags & libc::SPLICE_F_NONBLOCK != 0
        || (to_socket || from_socket) && !patches::has(Category::Socket);
    if is_over || length == 0 {
        // SAFETY: the caller keeps the contract of the C function, here and below.
        return unsafe { originals::splice(from, from_offset, to, to_offset, length, flags) };
    }
    let length = if to_socket { length.min(FITS) } else { length };
    let flags = flags | libc::SPLICE_F_NONBLOCK;
    let (mut source, mut sink) =
        (Call::new(from, Direction::Read), Call::new(to, Direction::Write));
    errno::kept_on_success(|| {
        loop {
            let is_sure = (!from_socket || is_ready(from, Direction::Read))
                && (!to_socket || is_ready(to, Direction::Write));
            if is_sure {
                // SAFETY: as above.
                let result =
                    unsafe { originals::splice(from, from_offset, to, to_offset, length, flags) };
                if result >= 0 || errno::get() != libc::EAGAIN {
                    return result;
                }
            }
            let waits = if is_ready(from, Direction::Read) { sink.wait() } else { source.wait() };
            if let Err(error) = waits {
                return errno::fail(error);
            }
        }
    })
}
