//! Calls of the C library that are made on other OS threads.

use std::ffi::c_int;

use super::{errno, wait};
use crate::hub::Thrown;
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
    calmly(|| tpool::execute_in_call(f))
}

/// Like [`on_pool`], on an OS thread of its own.
pub(super) fn apart<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> Result<R, c_int> {
    calmly(|| tpool::in_call_apart(f))
}

fn calmly<R>(call: impl FnOnce() -> Result<R, Thrown>) -> Result<R, c_int> {
    let before = errno::get();
    let result = call();
    errno::set(before);
    result.map_err(wait::errno_of)
}
