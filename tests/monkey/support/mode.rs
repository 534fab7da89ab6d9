//! Whether this process is patched, and the frame of a test.

use std::env;
use std::sync::{Mutex, PoisonError};

use eventlet_tests::{LIMIT, Watchdog, check_within};

/// Says whether to patch, if it is set: `1` or `0`.
const PATCHED: &str = "EVENTLET_TEST_PATCHED";

/// Whether the calls of this process are patched, and its tests run in green threads.
pub fn is_patched() -> bool {
    env::var(PATCHED).is_ok_and(|patched| patched == "1")
}

/// Runs the body of a test under a time limit, and no other at the same time, which would be in its way.
/// In a patched process it has a hub, which must be empty afterwards.
pub fn check(body: impl FnOnce()) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that has failed is no concern of the next one.
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if is_patched() {
        eventlet::monkey_patch();
        check_within(LIMIT, body);
    } else {
        let test = std::thread::current().name().unwrap_or("?").to_owned();
        let _watchdog = Watchdog::start(test, LIMIT);
        body();
    }
}
