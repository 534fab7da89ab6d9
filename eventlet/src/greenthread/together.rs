//! Several green threads at once.

use std::borrow::Borrow;

use super::exit::{Exit, Killed};
use super::handle::Handle;
use super::thread::GreenThread;
use crate::hub;

/// Waits for the end of all `threads`, and returns their results in that order.
///
/// To learn of the ends in the order in which they come, see [`iwait`](crate::select::iwait). A kill
/// or a timeout of the caller detaches those that it has not waited for.
///
/// # Panics
///
/// Panics if a green thread waits for itself. Panics in the main context where the hub finds that
/// nothing can ever end the wait.
///
/// # Switching
///
/// Switches unless all have ended, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::{join_all, spawn};
///
/// let results = join_all((1..4).map(|n| spawn(move || n * n)));
/// let squares: Result<Vec<_>, _> = results.into_iter().collect();
/// assert_eq!(squares.unwrap(), [1, 4, 9]);
/// ```
#[doc(alias = "joinall")]
pub fn join_all<T: 'static>(
    threads: impl IntoIterator<Item = GreenThread<T>>,
) -> Vec<Result<T, Exit>> {
    // All of them, before the first wait: an iterator that spawns is to start them all.
    let threads: Vec<_> = threads.into_iter().collect();
    threads.into_iter().map(GreenThread::wait).collect()
}

/// Kills all `threads`; see [`Handle::kill`]. They react before this returns, all in one go.
///
/// If the caller is among them, it is killed last. If it is killed while it waits in a destructor of one
/// that has not begun, it unwinds when all the others have been killed.
///
/// # Panics
///
/// Panics if the main context is among them.
///
/// # Switching
///
/// Switches to those that are killed, unless they had not begun or have ended.
///
/// # Examples
///
/// ```
/// use eventlet::{kill_all, sleep, spawn_n};
/// use std::time::Duration;
///
/// let sleepers: Vec<_> = (0..3).map(|_| spawn_n(|| sleep(Duration::from_secs(60)))).collect();
/// sleep(Duration::ZERO);
/// kill_all(&sleepers);
/// assert!(sleepers.iter().all(|sleeper| sleeper.is_dead()));
/// ```
#[doc(alias = "killall")]
#[track_caller]
pub fn kill_all(threads: impl IntoIterator<Item = impl Borrow<Handle>>) {
    let fibers: Vec<_> =
        threads.into_iter().map(|thread| thread.borrow().killable().clone()).collect();
    hub::try_with(|hub| hub.throw_all(&fibers, Killed::payload));
}
