//! A readers-writer lock without data: who has it, and who is next.
//!
//! ```text
//!   state:  number of readers · is there a writer · does anyone wait
//! ```
//!
//! While anyone waits and anyone is inside, nobody gets in but through the line, and nobody but those
//! at its head: `admit` lets in a writer, or all readers up to the next writer, as soon as the lock
//! allows. It runs under the lock of the line, and only there the mark that someone waits is taken
//! off. A writer of another OS thread is called first, as with a mutex: until it comes, whoever
//! finds the lock empty goes in.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use crate::lot::{self, Key, Line, Place, Waited};

/// Somebody waits, or is about to.
const AWAITED: u32 = 1;
const WRITER: u32 = 2;
/// One reader.
const READER: u32 = 4;
/// With so many readers there is no room for another one.
const FULL: u32 = u32::MAX - READER;

/// What somebody waits for: the tags in the line.
const TO_READ: u32 = 0;
const TO_WRITE: u32 = 1;

pub(super) struct RawRwLock {
    state: AtomicU32,
}

impl RawRwLock {
    pub(super) const fn new() -> Self {
        RawRwLock { state: AtomicU32::new(0) }
    }

    #[inline]
    pub(super) fn try_read(&self) -> bool {
        let mut state = self.state.load(Relaxed);
        while state & (AWAITED | WRITER) == 0 {
            assert!(state < FULL, "too many readers of an RwLock");
            match self.state.compare_exchange_weak(state, state + READER, Acquire, Relaxed) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        state == AWAITED && self.enter_empty(READER)
    }

    #[inline]
    pub(super) fn try_write(&self) -> bool {
        match self.state.compare_exchange(0, WRITER, Acquire, Relaxed) {
            Ok(_) => true,
            Err(state) => state == AWAITED && self.enter_empty(WRITER),
        }
    }

    /// Goes in before those who wait, while nobody is inside.
    #[cold]
    fn enter_empty(&self, room: u32) -> bool {
        self.state.compare_exchange(AWAITED, AWAITED | room, Acquire, Relaxed).is_ok()
    }

    #[inline]
    pub(super) fn read(&self) {
        if !self.try_read() {
            self.wait(TO_READ, "reading under a lock", Self::try_read);
        }
    }

    #[inline]
    pub(super) fn write(&self) {
        if !self.try_write() {
            self.wait(TO_WRITE, "writing under a lock", Self::try_write);
        }
    }

    #[inline]
    pub(super) fn end_reading(&self) {
        if self.state.fetch_sub(READER, Release) == READER | AWAITED {
            self.admit();
        }
    }

    #[inline]
    pub(super) fn end_writing(&self) {
        if self.state.compare_exchange(WRITER, 0, Release, Relaxed).is_err() {
            self.state.fetch_sub(WRITER, Release);
            self.admit();
        }
    }

    /// Goes on as a reader.
    pub(super) fn downgrade(&self) {
        let before = self.state.fetch_add(READER - WRITER, Release);
        if before & AWAITED != 0 {
            self.admit();
        }
    }

    #[cold]
    fn wait(&self, tag: u32, waits_for: &'static str, try_now: fn(&Self) -> bool) {
        let mut back_at = None;
        while !try_now(self) {
            let state = self.state.load(Relaxed);
            if state & AWAITED == 0 {
                let may_wait = state != 0
                    && self
                        .state
                        .compare_exchange(state, state | AWAITED, Relaxed, Relaxed)
                        .is_ok();
                if !may_wait {
                    continue;
                }
            }
            let place = Place { tag, back_at, ..Place::new(self.key(), waits_for) };
            let is_inside = || {
                let state = self.state.load(Relaxed);
                state & AWAITED != 0 && state != AWAITED
            };
            match lot::wait(place, is_inside, |was_let_in| self.step_out(tag, was_let_in)) {
                Waited::Woken => return,
                Waited::Called(spot) => back_at = Some(spot),
                Waited::Refused | Waited::TimedOut => {}
            }
        }
    }

    /// For one that unwinds from the line, perhaps after it was let in.
    fn step_out(&self, tag: u32, was_let_in: bool) {
        match (was_let_in, tag) {
            // Those behind it may be let in now.
            (false, _) => self.admit(),
            (true, TO_READ) => self.end_reading(),
            (true, _) => self.end_writing(),
        }
    }

    /// Lets in those at the head of the line for whom there is room.
    #[cold]
    fn admit(&self) {
        let mut line = lot::at(self.key());
        while self.admit_first(&mut line) {}
        if line.is_empty() {
            self.state.fetch_and(!AWAITED, Release);
        }
    }

    /// Lets the first in the line in, or calls it, if there is room; says whether there may be room
    /// for the next.
    ///
    /// Readers may go meanwhile, and then wait for the line, and others come in if nobody is inside.
    /// Whoever is let in may come and go before this is done, so it is counted first.
    fn admit_first(&self, line: &mut Line) -> bool {
        let before = self.state.load(Acquire);
        let state = before & !AWAITED;
        let room = match line.first() {
            Some(TO_READ) if state & WRITER == 0 && state < FULL => READER,
            Some(TO_WRITE) if state == 0 => WRITER,
            _ => return false,
        };
        if room == WRITER && line.may_call_first() {
            return !line.call_first();
        }
        if self.state.compare_exchange(before, before + room, AcqRel, Relaxed).is_err() {
            return true;
        }
        if !line.try_wake_first() {
            self.state.fetch_sub(room, Release);
        }
        true
    }

    fn key(&self) -> Key {
        Key::of(&self.state)
    }
}
