//! Closing descriptors, and giving their numbers to other files: whoever waits for them is told.
//!
//! The system itself would let them wait on. Here the call that waits fails with `EBADF`, in whatever
//! hub it does, so these functions do this on OS threads without a hub, too.

use std::ffi::{c_int, c_uint};
use std::os::fd::RawFd;

use super::kind;
use crate::hub;
use crate::monkey::{errno, fork};

patched! {
    /// Closes a descriptor.
    [Always] fn close(fd: c_int) -> c_int => close_one;
    /// Gives a file a second descriptor, of a number that is closed first.
    [Always] fn dup2(old: c_int, new: c_int) -> c_int => duplicate;
    /// Does what `dup2` does, with flags for the new descriptor.
    [Always] fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int => duplicate_with;
    /// Closes a range of descriptors.
    [Always] fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int => close_many;
    /// Closes all descriptors from a number on.
    [Always] fn closefrom(lowest: c_int) => close_from;
}

unsafe fn close_one(fd: c_int) -> c_int {
    forget(fd);
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::close(fd) }
}

unsafe fn duplicate(old: c_int, new: c_int) -> c_int {
    replace(old, new);
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::dup2(old, new) }
}

unsafe fn duplicate_with(old: c_int, new: c_int, flags: c_int) -> c_int {
    if flags & !libc::O_CLOEXEC == 0 {
        replace(old, new);
    }
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::dup3(old, new, flags) }
}

unsafe fn close_many(first: c_uint, last: c_uint, flags: c_int) -> c_int {
    /// Flags that leave other OS threads their descriptors, or everyone.
    const CLOSES_NONE_HERE: c_uint = libc::CLOSE_RANGE_UNSHARE | libc::CLOSE_RANGE_CLOEXEC;
    if flags as c_uint & CLOSES_NONE_HERE == 0 {
        forget_range(first, last);
    }
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::close_range(first, last, flags) }
}

unsafe fn close_from(lowest: c_int) {
    forget_range(lowest.max(0) as c_uint, c_uint::MAX);
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { originals::closefrom(lowest) }
}

fn forget_range(first: c_uint, last: c_uint) {
    let first = RawFd::try_from(first).unwrap_or(RawFd::MAX);
    let last = RawFd::try_from(last).unwrap_or(RawFd::MAX);
    (first..=last.min(kind::HIGHEST_KNOWN.max(hub::highest_visited()))).for_each(forget);
}

/// A number is about to be given to another file, if that one is open.
fn replace(old: RawFd, new: RawFd) {
    kind::forget(new);
    if hub::is_visited(new) && old != new && is_open(old) {
        tell(new);
    }
}

/// A descriptor is about to be closed.
#[inline]
fn forget(fd: RawFd) {
    kind::forget(fd);
    if hub::is_visited(fd) {
        tell(fd);
    }
}

/// Tells whoever waits for it; not in a forked child, whose descriptors are its own.
#[cold]
fn tell(fd: RawFd) {
    let error = errno::get();
    if fork::is_original() {
        hub::forget_visited(fd);
    }
    errno::set(error);
}

fn is_open(fd: RawFd) -> bool {
    let error = errno::get();
    // SAFETY: the command takes no argument and writes nothing.
    let is_open = unsafe { libc::fcntl(fd, libc::F_GETFD) >= 0 };
    errno::set(error);
    is_open
}
