//! What the library waits for on behalf of a patched call: other OS threads, and ends.

use std::ffi::c_int;

use super::{errno, wait};
use crate::hub;
use crate::tpool;

/// Calls `f` on the native thread pool, which has room for a limited number of calls.
///
/// # Errors
///
/// Fails with a number for what is thrown at the green thread: then `f` goes on without it. `errno` is
/// left alone.
pub(super) fn on_pool<R: Send + 'static>(
    f: impl FnOnce() -> R + Send + 'static,
) -> Result<R, c_int> {
    calmly(|| tpool::execute(f))
}

/// Like [`on_pool`], on an OS thread of its own.
pub(super) fn apart<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> Result<R, c_int> {
    calmly(|| tpool::off_hub_apart(f))
}

/// Runs a wait of the library.
///
/// # Errors
///
/// Fails with a number for what is thrown at the green thread. `errno` is left alone.
pub(super) fn calmly<R>(wait_for: impl FnOnce() -> R) -> Result<R, c_int> {
    let before = errno::get();
    let result = hub::in_call(wait_for);
    errno::set(before);
    result.map_err(wait::errno_of)
}
