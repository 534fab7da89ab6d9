//! Waiting to be unparked.

use std::time::Duration;

use crate::greenthread::Identity;
use crate::hub::{self, Hub, Time};

/// Waits until the green thread is [unparked](super::Thread::unpark); std's
/// [`park`](std::thread::park).
///
/// It returns at once if that has happened since the last time. Unlike std's it returns for nothing
/// else, but code that is to work with std, too, looks whether what it waits for has come.
///
/// # Switching
///
/// Switches unless it has been unparked, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// thread::current().unpark();
/// thread::park();
///
/// let main = thread::current();
/// thread::spawn(move || main.unpark());
/// thread::park();
/// ```
pub fn park() {
    Identity::with_current(|caller| caller.token.take(Time::NEVER));
}

/// Waits until the green thread is [unparked](super::Thread::unpark), at most for `dur`; std's
/// [`park_timeout`](std::thread::park_timeout).
///
/// # Switching
///
/// As [`park`].
///
/// # Examples
///
/// ```
/// use eventlet::green::{thread, time::{Duration, Instant}};
///
/// let start = Instant::now();
/// thread::park_timeout(Duration::from_millis(2));
/// assert!(start.elapsed() >= Duration::from_millis(2));
/// ```
pub fn park_timeout(dur: Duration) {
    let deadline = hub::with(|hub: &Hub| hub.deadline_in(dur));
    Identity::with_current(|caller| caller.token.take(deadline));
}

/// As [`park_timeout`], with a number of milliseconds; std's
/// [`park_timeout_ms`](std::thread::park_timeout_ms).
///
/// # Switching
///
/// As [`park`].
///
/// # Examples
///
/// ```
/// #![allow(deprecated)]
///
/// eventlet::green::thread::park_timeout_ms(2);
/// ```
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::park_timeout`")]
pub fn park_timeout_ms(ms: u32) {
    park_timeout(Duration::from_millis(u64::from(ms)));
}
