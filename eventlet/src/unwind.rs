//! The one place that catches and raises unwinds; everything else says `catch` or `raise`.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What an unwind carries.
pub(crate) type Payload = Box<dyn Any + Send + 'static>;

thread_local! {
    /// Set while a panic that the library provokes and handles itself may happen.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` and turns an unwind into its payload.
///
/// The caller takes the payload on: it stores it for someone or raises it again, so state that the
/// unwind left half-changed is never silently used.
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Result<T, Payload> {
    catch_unwind(AssertUnwindSafe(f))
}

/// Like [`catch`], and the panic hook prints nothing.
pub(crate) fn catch_quietly<T>(f: impl FnOnce() -> T) -> Result<T, Payload> {
    let outer = QUIET.replace(true);
    let result = catch(f);
    QUIET.set(outer);
    result
}

/// Drops a payload. A destructor of its own that panics has been reported by the panic hook, and
/// ends here too.
pub(crate) fn dispose(payload: Payload) {
    if let Err(second) = catch(|| drop(payload)) {
        std::mem::forget(second);
    }
}

/// Drops what is the user's where an unwind must not get further. A panic of its destructor has
/// been reported by the panic hook, and ends here.
pub(crate) fn drop_contained<T>(value: T) {
    if let Err(payload) = catch(|| drop(value)) {
        dispose(payload);
    }
}

/// Whether the panic hook should keep silent on this thread.
pub(crate) fn is_quiet() -> bool {
    QUIET.get()
}

/// Unwinds with `payload`, without the panic hook and without a message.
pub(crate) fn raise(payload: Payload) -> ! {
    resume_unwind(payload)
}

/// The text of a panic, where it has one.
pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "Box<dyn Any>"
    }
}
