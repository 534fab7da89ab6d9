//! Waking those who wait for a word: green threads, which wait in the lot, and OS threads, which wait in
//! the kernel.
//!
//! Of the two kinds, neither sees who of the other has waited longer. Chance decides which comes first, so
//! that neither is passed over for ever.

use std::ffi::c_long;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Call, parker};
use crate::lot::{Foreign, Key};
use crate::monkey::thread::waiting::{has_waiters, wake_up_to};

/// # Safety
///
/// As for [`super::call`].
pub(super) unsafe fn wake(call: &Call) -> c_long {
    parker::note_wake(call.address());
    if !has_waiters() {
        // SAFETY: the caller keeps the contract of the system call.
        return unsafe { call.make() };
    }
    // The kernel wakes one where none is asked for.
    let n = (call.value() as i32).max(1) as usize;
    let wake_green = |n| wake_up_to(call.key(), n, call.mask());
    if green_go_first() {
        let n_green = wake_green(n);
        if n_green == n {
            return n as c_long;
        }
        // SAFETY: as above.
        let n_others = unsafe { call.with_value(n - n_green).make() };
        // Who was woken is what counts: the word may be gone by then.
        if n_others < 0 && n_green > 0 { n_green as c_long } else { n_others + n_green as c_long }
    } else {
        // SAFETY: as above.
        let n_others = unsafe { call.make() };
        match usize::try_from(n_others) {
            Ok(n_others) if n_others < n => (n_others + wake_green(n - n_others)) as c_long,
            _ => n_others,
        }
    }
}

/// Wakes some, and has others wait for another word. Green threads are woken instead, which is
/// allowed: they look again.
///
/// # Safety
///
/// As for [`super::call`].
pub(super) unsafe fn requeue(call: &Call) -> c_long {
    // SAFETY: the caller keeps the contract of the system call.
    let n_others = unsafe { call.make() };
    if n_others < 0 || !has_waiters() {
        return n_others;
    }
    n_others + wake_up_to(call.key(), usize::MAX, !0) as c_long
}

/// Changes a second word, and wakes those who wait for the first, and perhaps those who wait for the
/// second. Green threads are woken in any case.
///
/// # Safety
///
/// As for [`super::call`].
pub(super) unsafe fn wake_both(call: &Call) -> c_long {
    // SAFETY: the caller keeps the contract of the system call.
    let n_others = unsafe { call.make() };
    if n_others < 0 || !has_waiters() {
        return n_others;
    }
    let second = Key::of_foreign(Foreign::Futex, call.second_address());
    let n_green = [call.key(), second].map(|key| wake_up_to(key, usize::MAX, !0));
    n_others + n_green.iter().sum::<usize>() as c_long
}

/// Decides by multiples of the golden ratio, which are as good as chance, and even on average.
fn green_go_first() -> bool {
    static STEP: AtomicU32 = AtomicU32::new(0);
    STEP.fetch_add(0x9e37_79b9, Ordering::Relaxed) < 1 << 31
}
