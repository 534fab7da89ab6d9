//! Waiting until a word is woken.

use std::ffi::c_long;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use libc::timespec;

use super::{Call, parker};
use crate::hub::{self, Hub, Time};
use crate::lot::Waited;
use crate::monkey::locals::is_thread_local;
use crate::monkey::thread::waiting::Wait;
use crate::monkey::{errno, time};

const WAITS_FOR: &str = "a lock or the like, by a futex";

/// So often a word is looked at that other processes may have changed: their wakes are not heard.
const GLANCE: Duration = Duration::from_millis(10);

/// # Safety
///
/// As for [`super::call`].
pub(super) unsafe fn wait(call: &Call) -> c_long {
    let address = call.address();
    let is_word = address != 0 && address.is_multiple_of(align_of::<u32>());
    let may_park = is_word && call.mask() != 0 && !is_thread_local(address);
    // SAFETY: the caller says so.
    let deadline = unsafe { deadline(call) }.filter(|_| may_park);
    let Some(deadline) = deadline else {
        // SAFETY: the caller keeps the contract of the system call, which says what is wrong, if
        // anything is.
        return unsafe { call.make() };
    };
    // SAFETY: it is not null, it is aligned, and the caller says that it can be read. That others
    // change it meanwhile is what it is for.
    let word = unsafe { AtomicU32::from_ptr(call.arguments[0] as *mut u32) };
    let wait = Wait { mask: call.mask(), deadline, ..Wait::new(call.key(), WAITS_FOR) };
    let waited = if parker::is_shared(call, word) {
        parker::wait(word, wait)
    } else if call.is_private() {
        wait.wait(|| word.load(Ordering::SeqCst) == call.value())
    } else {
        wait_among_processes(word, call.value(), wait)
    };
    match waited {
        Waited::Woken | Waited::Called(_) => 0,
        Waited::Refused => errno::fail(libc::EAGAIN),
        Waited::TimedOut => errno::fail(libc::ETIMEDOUT),
    }
}

/// Waits for a word that other processes may have, too.
fn wait_among_processes(word: &AtomicU32, expected: u32, wait: Wait) -> Waited {
    let is_expected = || word.load(Ordering::SeqCst) == expected;
    if !is_expected() {
        return Waited::Refused;
    }
    loop {
        let glance = hub::with(|hub| hub.deadline_in(GLANCE));
        let waited = Wait { deadline: glance.min(wait.deadline), ..wait }.wait(is_expected);
        match waited {
            Waited::TimedOut if glance < wait.deadline => {}
            Waited::Refused => return Waited::Woken,
            waited => return waited,
        }
    }
}

/// When a wait gives up; nothing if its time is none.
///
/// # Safety
///
/// The time is null or can be read.
unsafe fn deadline(call: &Call) -> Option<Time> {
    let limit = call.arguments[3] as *const timespec;
    if limit.is_null() {
        return Some(Time::NEVER);
    }
    // SAFETY: as demanded.
    let limit = unsafe { time::read(limit) }?;
    let is_by_wall_clock = call.operation() & libc::FUTEX_CLOCK_REALTIME != 0;
    let rest = match call.command() {
        libc::FUTEX_WAIT => limit,
        _ if is_by_wall_clock => limit.saturating_sub(time::shown_by(libc::CLOCK_REALTIME)),
        _ => limit.saturating_sub(time::shown_by(libc::CLOCK_MONOTONIC)),
    };
    Some(hub::with(|hub: &Hub| hub.deadline_in(rest)))
}
