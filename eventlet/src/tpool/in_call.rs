//! Calls that are made on behalf of patched ones, which must not unwind.

use std::io;
use std::sync::Arc;

use super::call::Call;
use super::{APART, ON_POOL, must_run_in_place, size, start_apart, start_on_pool};
use crate::hub::Thrown;

/// Like [`execute`](super::execute), but says what was thrown at the caller. `f` must not panic.
pub(crate) fn execute_in_call<F, T>(f: F) -> Result<T, Thrown>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    if must_run_in_place() || size::is_zero() {
        return Ok(f());
    }
    run(f, ON_POOL, true, |job| start_on_pool(job))
}

/// Like [`execute_in_call`], for what may last for ever: it gets an OS thread of its own.
pub(crate) fn in_call_apart<F, T>(f: F) -> Result<T, Thrown>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    if must_run_in_place() {
        return Ok(f());
    }
    run(f, APART, false, |job| start_apart(job))
}

/// A job that runs a call.
type Job = Box<dyn FnOnce() + Send>;

fn run<F, T>(
    f: F,
    what: &'static str,
    is_far: bool,
    start: impl FnOnce(Job) -> io::Result<()>,
) -> Result<T, Thrown>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let call = Arc::new(Call::new(f));
    let theirs = call.clone();
    let job: Job = Box::new(move || theirs.run(|f| f()));
    // Where no thread can be started, it is done here.
    call.wait_in_call(what, is_far, || start(job)).unwrap_or_else(|(f, _)| Ok(f()))
}
