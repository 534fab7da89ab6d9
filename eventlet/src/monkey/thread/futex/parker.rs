//! `std::thread::park` where several green threads share one token.
//!
//! Green threads that have no thread-local variables of their own are all the same thread to std. It
//! counts on a thread to park once at a time: the word it waits for is 0, one less while it is parked,
//! and 1 when it has been woken before it parked. One that parks while another one of the same OS
//! thread is parked would find a word that it does not know, and spin without a system call.
//!
//! So a green thread that waits for this word takes back what it has made of it, and others may park.
//! Who unparks then finds nobody to wake, and only leaves its 1 there. Hence the green thread waits in
//! pauses. After each it returns from `park`, whether it was meant or not: that may always happen, and
//! whoever parks looks whether there is what it waits for. Pauses grow while nothing comes.
//!
//! The word is found by having std wake the thread, once, and seeing where.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::Call;
use crate::hub::{self, Hub};
use crate::lot::Waited;
use crate::monkey::thread::waiting::{Wait, wake_up_to};

/// What the word is.
const EMPTY: u32 = 0;
const NOTIFIED: u32 = 1;
const PARKED: u32 = u32::MAX;

/// So often in a row the others only have a turn.
const TURNS: u32 = 16;
const SHORTEST: Duration = Duration::from_micros(50);
/// A pause is at most as long as this.
const LONGEST: Duration = Duration::from_millis(5);

thread_local! {
    /// The address of this OS thread's word; 0 as long as it is not known.
    static WORD: Cell<usize> = const { Cell::new(0) };
    /// A wake that is made now is of that word.
    static IS_LEARNING: Cell<bool> = const { Cell::new(false) };
    /// How many pauses have ended since someone was woken.
    static N_VAIN: Cell<u32> = const { Cell::new(0) };
}

/// Whether a wait is one of `park`, and other green threads may park at the same word.
pub(super) fn is_shared(call: &Call, word: &AtomicU32) -> bool {
    let may_be = call.command() == libc::FUTEX_WAIT_BITSET
        && call.is_private()
        && call.value() == PARKED
        && word.load(Ordering::Relaxed) == PARKED
        && hub::with(Hub::shares_locals);
    may_be && word_of_this_thread() == call.address()
}

/// The address of this OS thread's word.
fn word_of_this_thread() -> usize {
    if WORD.get() == 0 {
        IS_LEARNING.set(true);
        // If it is parked, it is woken, and will return; if it is not, the next `park` will. Both may
        // happen at any time.
        thread::current().unpark();
        IS_LEARNING.set(false);
    }
    WORD.get()
}

/// Notes which word is woken, if that is to be learnt.
#[inline]
pub(super) fn note_wake(address: usize) {
    if IS_LEARNING.get() {
        WORD.set(address);
    }
}

/// Waits until the word is woken, or for a while.
pub(super) fn wait(word: &AtomicU32, wait: Wait) -> Waited {
    if replace(word, PARKED, EMPTY).is_err() {
        return Waited::Refused;
    }
    let pause_ends = hub::with(Hub::now).after(next_pause());
    let pause = Wait { deadline: pause_ends.min(wait.deadline), ..wait };
    pause.wait(|| word.load(Ordering::Acquire) == EMPTY);
    if word.load(Ordering::Acquire) == NOTIFIED {
        // It may be meant for another one: each of them takes the next look.
        N_VAIN.set(0);
        wake_up_to(wait.key, usize::MAX, !0);
        return Waited::Woken;
    }
    if wait.deadline <= hub::with(Hub::now) {
        return Waited::TimedOut;
    }
    N_VAIN.set(N_VAIN.get().saturating_add(1));
    // If this fails, it has been woken.
    let _ = replace(word, EMPTY, NOTIFIED);
    Waited::Woken
}

fn replace(word: &AtomicU32, old: u32, new: u32) -> Result<u32, u32> {
    word.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire)
}

fn next_pause() -> Duration {
    match N_VAIN.get().checked_sub(TURNS) {
        None => Duration::ZERO,
        Some(n) => LONGEST.min(SHORTEST * (1 << n.min(10))),
    }
}
