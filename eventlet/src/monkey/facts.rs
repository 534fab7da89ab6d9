//! What the system says about a descriptor. Asking leaves `errno` as it comes.

use std::ffi::{c_int, c_short};
use std::mem::MaybeUninit;
use std::os::fd::RawFd;

use super::wait::is_nonblocking;
use crate::hub::{self, Direction};

/// The bits `S_IFMT` of its mode; none if it is no descriptor.
pub(super) fn file_type(fd: RawFd) -> Option<libc::mode_t> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: there is room for what the call writes.
    if unsafe { libc::fstat(fd, status.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: the call has succeeded, and so has written all of it.
    Some(unsafe { status.assume_init() }.st_mode & libc::S_IFMT)
}

/// An option of a socket; none if it has none, as what is not a socket.
///
/// # Safety
///
/// `T` is the C type of this option. All zeros are a value of it.
pub(super) unsafe fn option<T>(fd: RawFd, option: c_int) -> Option<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = size_of::<T>() as libc::socklen_t;
    // SAFETY: there is as much room as the call is told.
    let status = unsafe {
        libc::getsockopt(fd, libc::SOL_SOCKET, option, value.as_mut_ptr().cast(), &raw mut length)
    };
    // SAFETY: it was valid before, and the call has written one, as demanded.
    (status == 0).then(|| unsafe { value.assume_init() })
}

/// An option that is a number.
fn number(fd: RawFd, name: c_int) -> Option<c_int> {
    // SAFETY: the callers name options that are.
    unsafe { option(fd, name) }
}

/// Whether it is a Unix socket.
pub(super) fn is_unix(fd: RawFd) -> bool {
    number(fd, libc::SO_DOMAIN) == Some(libc::AF_UNIX)
}

/// Whether it is a socket whose bytes have no boundaries.
pub(super) fn is_stream(fd: RawFd) -> bool {
    number(fd, libc::SO_TYPE) == Some(libc::SOCK_STREAM)
}

/// Whether it is a socket that is connected before it is used.
pub(super) fn has_connections(fd: RawFd) -> bool {
    matches!(number(fd, libc::SO_TYPE), Some(libc::SOCK_STREAM | libc::SOCK_SEQPACKET))
}

/// Whether it is a socket that connections can be accepted from.
pub(super) fn is_listening(fd: RawFd) -> bool {
    number(fd, libc::SO_ACCEPTCONN) == Some(1)
}

/// Whether it serves only to wake its own process: an event counter, a timer or the like, or an end of a
/// pair of sockets that the process has made for itself. Those who use them expect no errors, and
/// never to wait: they are non-blocking.
pub(super) fn is_waker(fd: RawFd) -> bool {
    if !is_nonblocking(fd) {
        return false;
    }
    match file_type(fd) {
        Some(libc::S_IFSOCK) => is_own_pair(fd),
        Some(libc::S_IFIFO | libc::S_IFCHR) | None => false,
        Some(_) => true,
    }
}

/// Whether it is an end of a pair of sockets that this process has made.
fn is_own_pair(fd: RawFd) -> bool {
    is_unix(fd)
        && maker(fd) == Some(std::process::id())
        && is_unnamed(fd, libc::getsockname)
        && is_unnamed(fd, libc::getpeername)
}

/// The process that has made the other end of a Unix socket.
fn maker(fd: RawFd) -> Option<u32> {
    // SAFETY: that is its type, which consists of numbers.
    let peer: libc::ucred = unsafe { option(fd, libc::SO_PEERCRED) }?;
    u32::try_from(peer.pid).ok()
}

type Name = unsafe extern "C" fn(c_int, *mut libc::sockaddr, *mut libc::socklen_t) -> c_int;

/// Whether the name that a function tells of a Unix socket is nothing but its family.
fn is_unnamed(fd: RawFd, name: Name) -> bool {
    let mut length = 0;
    // SAFETY: there is no room, as the call is told, so that only the length is written.
    let status = unsafe { name(fd, (&raw mut length).cast(), &raw mut length) };
    status == 0 && length as usize == size_of::<libc::sa_family_t>()
}

/// What there is to say about it at this moment: besides what the direction asks for, whether
/// something has ended, and whether there is an error.
pub(super) fn poll(fd: RawFd, direction: Direction) -> c_short {
    let events = match direction {
        Direction::Read => libc::POLLIN | libc::POLLRDHUP,
        Direction::Write => libc::POLLOUT,
    };
    let mut request = [libc::pollfd { fd, events, revents: 0 }];
    // What cannot be polled is taken for ready, and the next call says what is wrong.
    if hub::poll_now(&mut request).is_err() { events } else { request[0].revents }
}

/// Whether, by these events, nothing more can be received.
pub(super) fn has_ended(events: c_short) -> bool {
    events & (libc::POLLRDHUP | libc::POLLHUP) != 0
}

/// Whether an attempt would take an error away that only the next call should report: one that came
/// after a part was moved. (A Unix socket forgets it then, too.)
pub(super) fn would_take_error(fd: RawFd, direction: Direction) -> bool {
    let events = poll(fd, direction);
    events & libc::POLLERR != 0 && events & libc::POLLHUP != 0 && !is_unix(fd)
}
