//! The hub's clock, which tests can stop.

use std::time::Duration;

use crate::hub;

/// Stops the clock of this thread's hub.
///
/// From then on, sleeps and timeouts do not take real time: whenever no green thread is runnable
/// and no I/O is ready, the clock jumps to the next deadline. While a job of the native thread
/// pool runs it stands still. Only the hub's own clock stops: `std::time::Instant` goes on.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// eventlet::debug::pause_clock();
/// let before = eventlet::debug::now();
/// eventlet::sleep(Duration::from_secs(3600));
/// assert_eq!(eventlet::debug::now() - before, Duration::from_secs(3600));
/// ```
pub fn pause_clock() {
    hub::with(hub::Hub::pause_clock);
}

/// Lets a clock that was stopped by [`pause_clock`] run on, from the time it shows.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
/// use eventlet::debug::{pause_clock, resume_clock};
///
/// pause_clock();
/// resume_clock();
/// let before = Instant::now();
/// eventlet::sleep(Duration::from_millis(1));
/// assert!(before.elapsed() >= Duration::from_millis(1));
/// ```
pub fn resume_clock() {
    hub::with(hub::Hub::resume_clock);
}

/// What the clock of this thread's hub shows: the time since the hub was made.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::debug::{now, pause_clock};
///
/// pause_clock();
/// let before = now();
/// let thread = eventlet::spawn_after(Duration::from_secs(5), now);
/// assert_eq!(thread.wait().unwrap(), before + Duration::from_secs(5));
/// ```
pub fn now() -> Duration {
    Duration::from_nanos(hub::with(hub::Hub::now).as_nanos())
}
