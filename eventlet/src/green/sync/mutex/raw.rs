//! A mutex without data: who has it, and who is next.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::lot::{self, Key, Place, Waited};

const FREE: u32 = 0;
const LOCKED: u32 = 1;
/// Locked, and someone waits, or is about to. Left only under the lock of the line.
const CONTENDED: u32 = 2;

/// One atomic. While someone waits, the lock is not let go but handed to the first in the line:
/// it stays locked, so that nobody who comes in between can take it.
pub(in crate::green::sync) struct RawMutex {
    state: AtomicU32,
}

impl RawMutex {
    pub(in crate::green::sync) const fn new() -> Self {
        RawMutex { state: AtomicU32::new(FREE) }
    }

    #[inline]
    pub(in crate::green::sync) fn try_lock(&self) -> bool {
        self.state.compare_exchange(FREE, LOCKED, Acquire, Relaxed).is_ok()
    }

    #[inline]
    pub(in crate::green::sync) fn lock(&self) {
        if !self.try_lock() {
            self.lock_contended();
        }
    }

    #[inline]
    pub(in crate::green::sync) fn unlock(&self) {
        if self.state.compare_exchange(LOCKED, FREE, Release, Relaxed).is_err() {
            self.hand_over();
        }
    }

    #[cold]
    fn lock_contended(&self) {
        while !self.try_lock() {
            let contend = self.state.compare_exchange(LOCKED, CONTENDED, Relaxed, Relaxed);
            if contend == Err(FREE) {
                continue;
            }
            let place = Place::new(self.key(), "a mutex");
            let is_contended = || self.state.load(Relaxed) == CONTENDED;
            let pass_on = |is_mine: bool| {
                if is_mine {
                    self.unlock();
                }
            };
            if lot::wait(place, is_contended, pass_on) == Waited::Woken {
                return;
            }
        }
    }

    #[cold]
    fn hand_over(&self) {
        lot::wake_one(self.key(), |is_theirs, more| {
            let state = match (is_theirs, more) {
                (true, true) => CONTENDED,
                (true, false) => LOCKED,
                (false, _) => FREE,
            };
            self.state.store(state, Release);
        });
    }

    fn key(&self) -> Key {
        Key::of(&self.state)
    }
}
