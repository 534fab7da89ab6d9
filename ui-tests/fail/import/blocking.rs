//! Waits for a moment.

use std::time::{Duration, Instant};

pub fn wait() {
    std::thread::sleep_until(Instant::now() + Duration::from_secs(1));
}
