//! A mutex without data: who has it, and who is next.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::lot::{self, Key, Place, Waited};

const LOCKED: u32 = 1;
/// Someone waits, or is about to. Taken off only under the lock of the line.
const AWAITED: u32 = 2;

/// One atomic. While someone of the same OS thread waits, or anyone for long, the lock is not let go
/// but handed to the first in the line: it stays locked, so that nobody who comes in between can
/// take it. The first is called instead if it belongs to another OS thread: until it comes, the
/// lock is free for all. If it comes too late, it waits once more, and then it is handed the lock.
pub(in crate::green::sync) struct RawMutex {
    state: AtomicU32,
}

impl RawMutex {
    pub(in crate::green::sync) const fn new() -> Self {
        RawMutex { state: AtomicU32::new(0) }
    }

    #[inline]
    pub(in crate::green::sync) fn try_lock(&self) -> bool {
        match self.state.compare_exchange(0, LOCKED, Acquire, Relaxed) {
            Ok(_) => true,
            Err(state) => state & LOCKED == 0 && self.try_add(LOCKED),
        }
    }

    #[inline]
    pub(in crate::green::sync) fn lock(&self) {
        if self.state.compare_exchange(0, LOCKED, Acquire, Relaxed).is_err() {
            self.lock_contended();
        }
    }

    #[inline]
    pub(in crate::green::sync) fn unlock(&self) {
        if self.state.compare_exchange(LOCKED, 0, Release, Relaxed).is_err() {
            self.pass_on();
        }
    }

    #[cold]
    fn lock_contended(&self) {
        let mut back_at = None;
        while !self.try_add(AWAITED) {
            let place = Place { back_at, ..Place::new(self.key(), "a mutex") };
            let is_locked = || self.state.load(Relaxed) == LOCKED | AWAITED;
            match lot::wait(place, is_locked, |is_mine| self.leave(is_mine)) {
                Waited::Woken => return,
                Waited::Called(spot) => back_at = Some(spot),
                Waited::Refused | Waited::TimedOut => {}
            }
        }
    }

    /// Locks it if it is free. If not, `if_locked` is noted.
    #[cold]
    fn try_add(&self, if_locked: u32) -> bool {
        let mut state = self.state.load(Relaxed);
        loop {
            let is_free = state & LOCKED == 0;
            let next = state | if is_free { LOCKED } else { if_locked };
            match self.state.compare_exchange_weak(state, next, Acquire, Relaxed) {
                Ok(_) => return is_free,
                Err(now) => state = now,
            }
        }
    }

    /// For one that unwinds from the line. If it has been called, the next one is to be.
    fn leave(&self, is_mine: bool) {
        if is_mine || self.try_lock() {
            self.unlock();
        }
    }

    #[cold]
    fn pass_on(&self) {
        let mut line = lot::at(self.key());
        let stays_locked = loop {
            if line.is_empty() {
                break false;
            }
            if line.may_call_first() {
                if line.call_first() {
                    break false;
                }
            } else if line.try_wake_first() {
                break true;
            }
        };
        let locked = if stays_locked { LOCKED } else { 0 };
        let awaited = if line.is_empty() { 0 } else { AWAITED };
        self.state.store(locked | awaited, Release);
    }

    fn key(&self) -> Key {
        Key::of(&self.state)
    }
}
