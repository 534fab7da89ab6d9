//! Giving way in the middle of a computation.

use crate::hub::{self, Hub};

/// Lets others run if the caller has been running for long: for loops that compute.
///
/// Green threads take turns, and one that computes keeps all the others of its OS thread waiting,
/// timers and I/O included. Called every now and then, this yields as [`sleep`](crate::sleep) of
/// zero does once a millisecond has passed, and has the hub look at timers, I/O and other threads'
/// wakes. It returns whether it has yielded.
///
/// The millisecond runs from the first call since the green thread last gave way, in real time: a
/// clock that a test has paused ([`debug::pause_clock`](crate::debug::pause_clock)) does not
/// matter. A call that does not yield takes a few nanoseconds. Most do not even read the clock:
/// where calls follow each other within some microseconds, every 16th does.
///
/// It works in the main context too. On an OS thread without a hub it does nothing, nor while the
/// caller unwinds. What takes long in one piece, and so cannot call this, is a case for
/// [`tpool::execute`](crate::tpool::execute).
///
/// # Panics
///
/// Panics when it is to yield inside a generator of the user's own, as every call that waits does.
///
/// # Switching
///
/// Switches if it returns true. A kill or a timeout that has come meanwhile is raised then.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// /// How many numbers below `limit` are prime.
/// fn count_primes(limit: u64) -> usize {
///     let is_prime = |n: &u64| {
///         eventlet::yield_if_needed();
///         (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0)
///     };
///     (2..limit).filter(is_prime).count()
/// }
///
/// let counting = eventlet::spawn(|| count_primes(20_000));
/// // Runs while the other one counts.
/// eventlet::sleep(Duration::from_millis(1));
/// assert_eq!(counting.wait().unwrap(), 2262);
/// ```
#[inline]
pub fn yield_if_needed() -> bool {
    hub::try_with(Hub::yield_if_needed).unwrap_or(false)
}
