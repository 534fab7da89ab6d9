//! [`std::time`] as it is: reading a clock and counting with durations never waits.
//!
//! # Examples
//!
//! ```
//! use eventlet::green::time::{Duration, Instant};
//!
//! let start = Instant::now();
//! eventlet::sleep(Duration::from_millis(1));
//! assert!(start.elapsed() >= Duration::from_millis(1));
//! ```

pub use std::time::{
    Duration, Instant, SystemTime, SystemTimeError, TryFromFloatSecsError, UNIX_EPOCH,
};
