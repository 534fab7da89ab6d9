//! Calling what users want to be called.

use std::thread::panicking;

use crate::greenthread::Exit;
use crate::unwind;

/// Calls a hook. What it panics with has been printed, and concerns nobody else; a kill goes on, unless
/// the caller unwinds already.
pub(super) fn call(hook: impl FnOnce()) {
    match unwind::catch(hook) {
        Ok(()) => {}
        Err(payload) if Exit::is_panic_payload(&payload) || panicking() => unwind::dispose(payload),
        Err(payload) => unwind::raise(payload),
    }
}
