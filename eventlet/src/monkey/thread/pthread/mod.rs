//! The locks of C: mutexes, conditions, read-write locks, semaphores and barriers.
//!
//! ```text
//!   lock    try the C library's own ── busy ──► join a line of the lot, wait, try again
//!   unlock  the C library's own, then wake the first in line
//! ```
//!
//! So what the lock is in is always what the C library knows, and green threads and OS threads share
//! it. Those who unlock call these functions, too, unless they are the C library itself: an OS thread
//! that waits for a condition lets go of its mutex without anyone hearing of it. That is what
//! [`Glances`] are for.
//!
//! The C library takes an OS thread for the owner of a mutex. Where that makes a difference [`owners`]
//! knows which of its green threads it is.

pub(in crate::monkey) mod barrier;
pub(in crate::monkey) mod clocks;
pub(in crate::monkey) mod condition;
mod kind;
pub(in crate::monkey) mod mutex;
mod owners;
pub(in crate::monkey) mod rwlock;
pub(in crate::monkey) mod semaphore;

use std::ffi::c_int;
use std::hint;
use std::time::Duration;

use libc::{clockid_t, timespec};

use super::waiting::{Wait, has_waiters, is_awaited, wake_up_to};
use crate::hub::{self, Hub, Time};
use crate::lot::{self, Waited};
use crate::monkey::time;
use crate::oslock;

/// Finds the C library's own functions. Those of [`clocks`] are found when they are needed: older C
/// libraries do not have them.
pub(in crate::monkey) fn find_all() {
    barrier::originals::find_all();
    condition::originals::find_all();
    mutex::originals::find_all();
    rwlock::originals::find_all();
    semaphore::originals::find_all();
}

/// When who waits looks whether what it waits for has come without a wake: after a short time, and then
/// ever more rarely.
struct Glances {
    next: Duration,
    longest: Duration,
}

impl Glances {
    /// Where wakes are the rule.
    const RARE: Self =
        Glances { next: Duration::from_millis(1), longest: Duration::from_millis(20) };
    /// Where there are none.
    const OFTEN: Self =
        Glances { next: Duration::from_micros(50), longest: Duration::from_millis(5) };
}

/// So often a lock is tried at once.
const SPINS: u32 = 30;

/// Takes a lock of C's: calls `attempt` until it answers anything but `EBUSY`, which it is told, waiting
/// in between. After the deadline the answer is `ETIMEDOUT`.
fn take(wait: &Wait, mut glances: Glances, mut attempt: impl FnMut() -> c_int) -> c_int {
    let mut status = attempt();
    // Most locks of OS threads are held for less time than a wait takes.
    for _ in 0..SPINS {
        if status != libc::EBUSY {
            break;
        }
        hint::spin_loop();
        status = attempt();
    }
    while status == libc::EBUSY {
        let glance = hub::with(|hub| hub.deadline_in(glances.next));
        let until = Wait { deadline: glance.min(wait.deadline), ..*wait };
        // Whoever unlocks it afterwards finds a waiter.
        let waited = until.wait(|| {
            status = attempt();
            status == libc::EBUSY
        });
        if waited == Waited::Refused {
            break;
        }
        status = attempt();
        if status == libc::EBUSY && wait.deadline <= hub::with(Hub::now) {
            return libc::ETIMEDOUT;
        }
        glances.next = glances.longest.min(glances.next * 2);
    }
    status
}

/// Wakes up to `n` of those who wait for something that the caller has changed.
fn wake(key: lot::Key, n: usize) {
    if !oslock::is_raw() && has_waiters() {
        wake_up_to(key, n, !0);
    }
}

/// When a wait gives up that is to end at a moment of a clock.
///
/// # Errors
///
/// Says `EINVAL` if it is no moment.
///
/// # Safety
///
/// The time can be read.
unsafe fn deadline(clock: clockid_t, moment: *const timespec) -> Result<Time, c_int> {
    // SAFETY: as demanded.
    let moment = unsafe { time::read(moment) }.ok_or(libc::EINVAL)?;
    Ok(hub::with(|hub| hub.deadline_in(moment.saturating_sub(time::shown_by(clock)))))
}
