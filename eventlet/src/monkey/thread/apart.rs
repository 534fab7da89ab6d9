//! Waits that only the C library can do, and that nothing ends: another OS thread does them.

use std::mem;
use std::sync::Arc;
use std::thread;

use crate::hub::{self, RemoteWaiter, Time};
use crate::oslock::Mutex;

/// What an OS thread that makes a call has to tell.
enum Call<R> {
    Made,
    /// It will wake this one.
    Awaited(RemoteWaiter),
    Over(R),
}

/// Has an OS thread called `name` call `f`, and waits for that; none if there can be no more OS threads.
/// What is thrown at the green thread meanwhile is raised at its next wait.
pub(super) fn apart<R: Send + 'static>(
    name: &str,
    waits_for: &'static str,
    f: impl FnOnce() -> R + Send + 'static,
) -> Option<R> {
    let ours = Arc::new(Mutex::new(Call::Made));
    let theirs = ours.clone();
    let call = move || {
        let result = f();
        let before = mem::replace(&mut *theirs.lock(), Call::Over(result));
        if let Call::Awaited(waiter) = before {
            waiter.wake();
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(call).ok()?;
    hub::with(|hub| {
        hub.wait_in_peace(waits_for, Time::NEVER, |waiter| {
            let mut call = ours.lock();
            let must_wait = matches!(*call, Call::Made);
            if must_wait {
                *call = Call::Awaited(waiter);
            }
            must_wait
        });
    });
    match mem::replace(&mut *ours.lock(), Call::Made) {
        Call::Over(result) => Some(result),
        Call::Made | Call::Awaited(_) => None,
    }
}
