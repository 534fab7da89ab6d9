//! A pool of OS threads for calls that block: only the calling green thread waits.
//!
//! Its size is 20 threads, or what the environment variable `EVENTLET_THREADPOOL_SIZE` says. They
//! are started as they are needed and shared by all hubs of the process.

mod workers;

use std::sync::{Arc, Mutex, PoisonError};

use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::unwind::{self, Payload};

/// Where a job leaves its result.
struct Answer<T> {
    /// The result, or the panic.
    result: Option<Result<T, Payload>>,
    /// Who to wake; gone once nobody waits any more.
    waiter: Option<RemoteWaiter>,
}

/// Runs `f` on a thread of the pool and returns its result; other green threads run meanwhile.
///
/// Calls from within the pool, and calls while the caller unwinds, run `f` in place. A kill or a
/// timeout of the caller frees it at once: `f` runs to its end and its result is dropped.
///
/// # Panics
///
/// Panics in the caller if `f` panics, with the same payload, and if no thread can be started.
///
/// # Switching
///
/// Switches until the result is there.
///
/// # Examples
///
/// ```
/// let text = eventlet::tpool::execute(|| std::fs::read_to_string("Cargo.toml"))?;
/// assert!(text.contains("eventlet"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn execute<F, T>(f: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    if workers::is_worker() || hub::with(hub::Hub::current_is_unwinding) {
        return f();
    }
    let answer = Arc::new(Mutex::new(Answer { result: None, waiter: None }));
    let wake = hub::with(|hub| {
        hub.wait_for_outside("a call on the native thread pool", Time::NEVER, |waiter| {
            lock(&answer).waiter = Some(waiter);
            let theirs = answer.clone();
            workers::submit(Box::new(move || {
                // The destructor of a result is the user's code, and the worker must survive it.
                unwind::drop_contained(deliver(&theirs, unwind::catch(f)));
            }));
            true
        })
    });
    let result = {
        let mut answer = lock(&answer);
        answer.waiter = None;
        answer.result.take()
    };
    if let Wake::Thrown(payload) = wake {
        drop(result);
        unwind::raise(payload);
    }
    match result.expect("a job wakes its caller after it has left its result") {
        Ok(value) => value,
        Err(payload) => unwind::raise(payload),
    }
}

/// Leaves a result for the caller; gives it back if nobody waits any more.
fn deliver<T>(answer: &Mutex<Answer<T>>, result: Result<T, Payload>) -> Option<Result<T, Payload>> {
    let mut answer = lock(answer);
    let Some(waiter) = answer.waiter.take() else { return Some(result) };
    answer.result = Some(result);
    // The answer is complete before the caller can look at it.
    drop(answer);
    waiter.wake();
    None
}

fn lock<T>(answer: &Mutex<Answer<T>>) -> std::sync::MutexGuard<'_, Answer<T>> {
    answer.lock().unwrap_or_else(PoisonError::into_inner)
}
