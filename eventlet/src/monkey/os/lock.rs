//! Locks of whole files.

use std::ffi::c_int;

use crate::greenio::Pauses;
use crate::hub::Time;
use crate::monkey::errno;
use crate::monkey::wait::{After, pause_until};

patched! {
    /// Locks a file, or unlocks it.
    [Os] fn flock(fd: c_int, operation: c_int) -> c_int => lock;
}

/// The system says nobody when a lock is free again, so this tries again after pauses.
unsafe fn lock(fd: c_int, operation: c_int) -> c_int {
    if operation & (libc::LOCK_NB | libc::LOCK_UN) != 0 {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::flock(fd, operation) };
    }
    errno::kept_on_success(|| {
        let mut pauses = Pauses::new(Time::NEVER);
        loop {
            // SAFETY: as above; it waits for nobody.
            let result = unsafe { originals::flock(fd, operation | libc::LOCK_NB) };
            if result == 0 || errno::get() != libc::EWOULDBLOCK {
                return result;
            }
            let Some(end) = pauses.end_of_next() else { return result };
            if let After::Fail(error) = pause_until(end) {
                return errno::fail(error);
            }
        }
    })
}
