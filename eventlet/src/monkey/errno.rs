//! Failing the way C functions fail.

use std::ffi::{CStr, c_int};

/// What a failed call returns.
pub(super) trait Failed {
    const FAILED: Self;
}

impl Failed for c_int {
    const FAILED: Self = -1;
}

impl Failed for i64 {
    const FAILED: Self = -1;
}

impl Failed for isize {
    const FAILED: Self = -1;
}

pub(super) fn get() -> c_int {
    // SAFETY: the location belongs to this thread, and is always valid.
    unsafe { *libc::__errno_location() }
}

pub(super) fn set(errno: c_int) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno }
}

/// Fails with `errno`.
#[cold]
pub(super) fn fail<R: Failed>(errno: c_int) -> R {
    set(errno);
    R::FAILED
}

/// Leaves the number of the last error as it was if `f` succeeds, as C functions do.
#[inline]
pub(super) fn kept_on_success<R: Failed + PartialEq>(f: impl FnOnce() -> R) -> R {
    let before = get();
    let result = f();
    if result != R::FAILED {
        set(before);
    }
    result
}

/// Ends the process with a message, where nothing else can be done.
pub(super) fn die(message: &CStr) -> ! {
    // SAFETY: the message is a C string, and `abort` may be called at any time.
    unsafe {
        libc::perror(message.as_ptr());
        libc::abort()
    }
}
