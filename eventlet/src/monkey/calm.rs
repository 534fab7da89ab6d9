//! Waits of the library, made from functions that must not unwind.

use std::ffi::c_int;

use super::{errno, wait};
use crate::hub;
use crate::unwind;

/// Runs a wait that unwinds with what is thrown at its green thread: that is kept for the next wait,
/// and an error returned which stands for it. `errno` is left alone.
pub(super) fn calmly<R>(wait: impl FnOnce() -> R) -> Result<R, c_int> {
    let before = errno::get();
    let result = unwind::catch(wait);
    errno::set(before);
    result.map_err(|payload| wait::errno_of(hub::with(|hub| hub.keep_for_later(payload))))
}
