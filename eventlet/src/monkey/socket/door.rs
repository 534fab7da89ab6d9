//! Accepting without waiting.
//!
//! The system can be asked whether there is a connection, but whoever accepts after that may find that
//! another one was faster, and then waits. So all hubs of the process go through a door, one at a time.

use std::ffi::c_int;

use crate::hub::Direction;
use crate::monkey::{errno, facts};
use crate::oslock::Mutex;

static DOOR: Mutex<()> = Mutex::new(());

/// Accepts a connection, if there is one, or fails, if there is something to fail with.
pub(super) fn accept_now(fd: c_int, accept: &impl Fn() -> c_int) -> Option<c_int> {
    let _inside = DOOR.lock();
    if facts::poll(fd, Direction::Read) == 0 {
        return None;
    }
    let accepted = accept();
    // Someone may have limited how long the call waits.
    (accepted >= 0 || errno::get() != libc::EAGAIN).then_some(accepted)
}
