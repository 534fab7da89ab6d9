//! Waiting in the lot, and finding out without asking it that nobody waits there.
//!
//! ```text
//!   waiter: counts itself ── fence ── looks at what it waits for     (under the lock of its line)
//!   waker:  changes that  ── fence ── looks at the count
//! ```
//!
//! One of the two sees what the other has done. So either the waiter does not wait, or the waker goes to
//! the line, where it finds the waiter, unless that has looked at the change after it.

use std::sync::atomic::{AtomicUsize, Ordering, fence};

use crate::hub::{self, Time};
use crate::lot::{self, Key, Place, Waited};
use crate::monkey::errno;

/// How many wait, or are about to, in the whole process.
static N_WAITING: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl Counted {
    fn new() -> Self {
        N_WAITING.fetch_add(1, Ordering::SeqCst);
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        N_WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether anyone waits whom the caller may have to wake, after it has changed something.
#[inline]
pub(super) fn has_waiters() -> bool {
    fence(Ordering::SeqCst);
    N_WAITING.load(Ordering::SeqCst) > 0
}

/// Where a green thread waits.
pub(super) struct Wait {
    pub(super) key: Key,
    /// Wakes may be meant for some only: see [`Line::wake_up_to`](lot::Line::wake_up_to).
    pub(super) mask: u32,
    /// In reports.
    pub(super) waits_for: &'static str,
    pub(super) deadline: Time,
}

impl Wait {
    /// For a wake that is meant for all, and as long as it takes.
    pub(super) fn new(key: Key, waits_for: &'static str) -> Self {
        Wait { key, mask: !0, waits_for, deadline: Time::NEVER }
    }

    /// Waits if `may_wait`, which runs under the lock of the line, says so. Leaves `errno` alone.
    pub(super) fn wait(&self, may_wait: impl FnOnce() -> bool) -> Waited {
        self.wait_after(may_wait, || ())
    }

    /// Like [`wait`](Wait::wait); calls `enter` between joining the line and waiting, without the lock of
    /// the line.
    pub(super) fn wait_after(
        &self,
        may_wait: impl FnOnce() -> bool,
        enter: impl FnOnce(),
    ) -> Waited {
        let errno = errno::get();
        let _counted = Counted::new();
        let place = Place {
            deadline: self.deadline,
            tag: self.mask,
            ..Place::new(self.key, self.waits_for)
        };
        // The memory for a place in the line is the library's need.
        let waited = hub::as_library(|| {
            let may_wait = || {
                fence(Ordering::SeqCst);
                may_wait()
            };
            lot::wait_in_peace(place, may_wait, enter)
        });
        errno::set(errno);
        waited
    }
}

/// Whether any green thread waits in a line.
pub(super) fn is_awaited(key: Key) -> bool {
    if !has_waiters() {
        return false;
    }
    let errno = errno::get();
    let is_awaited = !lot::at(key).is_empty();
    errno::set(errno);
    is_awaited
}

/// Wakes up to `n` green threads, the one that has waited longest first. Says how many.
pub(super) fn wake_up_to(key: Key, n: usize, mask: u32) -> usize {
    let errno = errno::get();
    let n_woken = lot::at(key).wake_up_to(n, mask);
    errno::set(errno);
    n_woken
}
