//! When fibers were born. Nobody notes that at a spawn, which has no time for it.
//!
//! ```text
//!   ids      … 40 41 42 │ 43 44 45 46 │ 47 …
//!   notes     (43, 12:00:01)     (47, 12:00:03)       made between turns
//!                        └─── born in between ───┘
//! ```
//!
//! The ids of a hub grow. So it is enough to note every turn which id comes next: whoever has a lower
//! one was born before, and after the note before that. Even this is done only while somebody wants to
//! know; else a turn, which is many spawns, costs one look at a number that never changes.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::time::Time;
use super::{Hub, try_with};
use crate::oslock::Mutex;

/// So many notes are kept at most; those that tell little go when there are more.
const MOST: usize = 2048;
/// An age may be told too low by this part of it. With it the notes of years would fit.
const TOLERANCE: u32 = 16;

/// The session in which births are noted; 0 while nobody wants to know. What was noted in an earlier
/// session has gaps.
static SESSION: AtomicU64 = AtomicU64::new(0);

/// Who wants to know.
static INTERESTED: Mutex<Interested> = Mutex::new(Interested { n: 0, last_session: 0 });

struct Interested {
    n: usize,
    last_session: u64,
}

/// While there is one, all hubs note the births of their fibers.
pub(crate) struct Dating(());

impl Dating {
    pub(crate) fn start() -> Self {
        let mut interested = INTERESTED.lock();
        interested.n += 1;
        if interested.n == 1 {
            interested.last_session += 1;
            SESSION.store(interested.last_session, Ordering::Relaxed);
        }
        drop(interested);
        // The other hubs begin with their next turn.
        try_with(|hub| hub.note_births(None));
        Dating(())
    }
}

impl Drop for Dating {
    fn drop(&mut self) {
        let mut interested = INTERESTED.lock();
        interested.n -= 1;
        if interested.n == 0 {
            SESSION.store(0, Ordering::Relaxed);
        }
    }
}

/// How old a fiber is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Age {
    /// So old at least: it lacks what was left of its first turn, or, if that is more, a sixteenth.
    pub(crate) at_least: Duration,
    /// It was born before anybody wanted to know, and may be far older.
    pub(crate) is_unknown: bool,
}

/// All fibers with lower ids had been born at that moment.
#[derive(Clone, Copy)]
struct Note {
    next_id: u64,
    at: Time,
}

/// When the fibers of one hub were born.
#[derive(Default)]
pub(super) struct Births {
    /// Oldest first, with growing ids. Before the first, nothing is known.
    notes: RefCell<Vec<Note>>,
    /// That of the notes.
    session: Cell<u64>,
}

impl Births {
    fn note(&self, session: u64, next_id: u64, now: impl FnOnce() -> Time) {
        let mut notes = self.notes.borrow_mut();
        if self.session.replace(session) != session {
            notes.clear();
        }
        if notes.last().is_some_and(|last| last.next_id == next_id) {
            return;
        }
        notes.push(Note { next_id, at: now() });
        if notes.len() >= MOST {
            thin(&mut notes);
        }
    }

    fn age(&self, id: u64, now: Time) -> Option<Age> {
        let notes = self.notes.borrow();
        let index = notes.partition_point(|note| note.next_id <= id);
        let at_least = now.since(notes.get(index)?.at);
        Some(Age { at_least, is_unknown: index == 0 })
    }
}

/// Drops notes without which ages still are as exact as they should be.
fn thin(notes: &mut Vec<Note>) {
    let Some(newest) = notes.last().map(|note| note.at) else { return };
    let mut kept: Vec<Note> = Vec::with_capacity(MOST);
    for (index, note) in notes.iter().enumerate() {
        let neighbours = kept.last().zip(notes.get(index + 1));
        let is_needed = neighbours.is_none_or(|(before, after)| {
            after.at.since(before.at) > newest.since(after.at) / TOLERANCE
        });
        if is_needed {
            kept.push(*note);
        }
    }
    *notes = kept;
}

impl Hub {
    /// Notes, if anybody wants to know, that those born until now have been.
    #[inline]
    pub(super) fn note_births(&self, now: Option<Time>) {
        let session = SESSION.load(Ordering::Relaxed);
        if session != 0 {
            let now = || now.unwrap_or_else(|| self.clock.read());
            self.births.note(session, self.next_id.get(), now);
        }
    }

    /// How old the fiber with this id is, if anybody wanted to know until now.
    pub(super) fn age(&self, id: u64, now: Time) -> Option<Age> {
        self.births.age(id, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Time {
        Time::from_nanos(n * 1_000_000_000)
    }

    #[test]
    fn who_is_born_between_two_notes_is_as_old_as_the_second() {
        let births = Births::default();
        births.note(1, 10, || seconds(1));
        births.note(1, 20, || seconds(5));
        births.note(1, 30, || seconds(9));
        let age = |id| births.age(id, seconds(10));
        let told = |secs, is_unknown| Some(Age { at_least: Duration::from_secs(secs), is_unknown });
        assert_eq!(age(9), told(9, true));
        assert_eq!(age(10), told(5, false));
        assert_eq!(age(19), told(5, false));
        assert_eq!(age(20), told(1, false));
        assert_eq!(age(30), None);
    }

    #[test]
    fn turns_without_births_take_no_note() {
        let births = Births::default();
        births.note(1, 10, || seconds(1));
        births.note(1, 10, || panic!("the clock is read in vain"));
        assert_eq!(births.notes.borrow().len(), 1);
    }

    #[test]
    fn another_session_begins_anew() {
        let births = Births::default();
        births.note(1, 10, || seconds(1));
        births.note(2, 10, || seconds(7));
        let unknown = Age { at_least: Duration::from_secs(1), is_unknown: true };
        assert_eq!(births.age(5, seconds(8)), Some(unknown));
    }

    /// A million turns at a millisecond each: few notes, and every age within a sixteenth.
    #[test]
    fn notes_are_few_and_ages_nearly_right() {
        let births = Births::default();
        const TURNS: u64 = 1_000_000;
        for turn in 1..=TURNS {
            births.note(1, turn * 10, || Time::from_nanos(turn * 1_000_000));
            assert!(births.notes.borrow().len() < MOST);
        }
        let now = Time::from_nanos((TURNS + 1) * 1_000_000);
        for turn in (2..=TURNS).step_by(997) {
            // Born in this turn, noted at its end.
            let age = births.age(turn * 10 - 1, now).unwrap();
            let exact = now.since(Time::from_nanos(turn * 1_000_000));
            assert!(!age.is_unknown && age.at_least <= exact);
            assert!(exact - age.at_least <= exact / TOLERANCE, "{exact:?}: {age:?}");
        }
    }
}
