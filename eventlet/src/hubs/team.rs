//! The hubs of a program: those that `#[green::main(hubs = n)]` starts.

use std::io;
use std::time::Duration;

use super::{HubHandle, get_hub, spawn_hub};
use crate::oslock::{Mutex, MutexGuard};

/// How long green threads of the other hubs may go on when `main` has ended.
const DRAIN: Duration = Duration::from_secs(10);

static TEAM: Mutex<Vec<HubHandle>> = Mutex::new(Vec::new());

fn team() -> MutexGuard<'static, Vec<HubHandle>> {
    TEAM.lock()
}

/// The hubs of a program with `#[green::main(hubs = n)]`, that of `main` first.
///
/// Without that argument, and when `main` has ended, there are none.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::{green, hubs};
///
/// #[green::main(hubs = 2)]
/// fn main() {
///     let hubs = hubs::all();
///     assert_eq!(hubs.len(), 2);
///     assert_eq!(hubs[0], hubs::get_hub().handle());
///     // Work in turns on all hubs.
///     let threads: Vec<_> =
///         (0..10).map(|n| hubs[n % hubs.len()].spawn(move || n * n)).collect();
///     let squares: Vec<_> = threads.into_iter().map(|thread| thread.wait().unwrap()).collect();
///     assert_eq!(squares[9], 81);
/// }
/// ```
pub fn all() -> Vec<HubHandle> {
    team().clone()
}

/// Runs `f` in a program of `n` hubs, this thread's and others, and ends the others after it.
pub(crate) fn with_team<R>(n: usize, f: impl FnOnce() -> R) -> io::Result<R> {
    let mut hubs = vec![get_hub().handle()];
    for _ in 1..n {
        hubs.push(spawn_hub()?);
    }
    *team() = hubs;
    let result = f();
    let hubs = std::mem::take(&mut *team());
    // All at once, so that they take no longer together than one.
    hubs.iter().for_each(|hub| hub.request_shutdown(DRAIN));
    for hub in &hubs[1..] {
        hub.shutdown(DRAIN);
    }
    Ok(result)
}
