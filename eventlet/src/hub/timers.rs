//! Timers: a wheel for those far away, an ordered store for those that are nearly due.
//!
//! ```text
//!   insert ──► level 7 … level 1 ──► level 0 ──► near ──► due
//!              64 slots each, 64 times coarser per level   exact, by (deadline, order)
//! ```
//!
//! Most timers are cancelled long before they are due, so inserting and cancelling cost a few
//! list operations, however many there are. Only a timer whose slot is reached, at most 65 µs
//! before its deadline, is put in exact order: by deadline, and equal ones as they were inserted.

mod near;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use near::{Near, NearTimers};

use super::time::Time;

/// A slot of level 0 is 2^16 ns (65.5 µs) wide.
const TICK_BITS: u32 = 16;
const SLOT_BITS: u32 = 6;
const SLOTS: usize = 1 << SLOT_BITS;
/// Enough for every `Time`: 16 + 8 × 6 = 64 bits.
const LEVELS: usize = 8;
/// How far a slot's list is searched for its earliest deadline before its start is taken instead.
const SEARCHED: usize = 16;

/// The end of a list, and of nothing else.
const NIL: u32 = u32::MAX;

/// Names a timer until it is popped or cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TimerKey(NonZeroU32);

impl TimerKey {
    fn new(index: u32) -> Self {
        TimerKey(NonZeroU32::MIN.saturating_add(index))
    }

    fn index(self) -> u32 {
        self.0.get() - 1
    }
}

/// Where an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Slot {
        level: u8,
        slot: u8,
    },
    Near,
    /// Near still, but nobody waits for it any more.
    Cancelled,
    Free,
}

struct Entry<T> {
    deadline: Time,
    /// Insertion order, which decides between equal deadlines.
    order: u64,
    /// What the timer is for; `None` once popped or cancelled.
    item: Option<T>,
    place: Place,
    /// Neighbours in a slot's list; `next` also links the free list.
    next: u32,
    previous: u32,
}

/// The timers of one hub, each with an item of type `T`.
pub(super) struct Timers<T> {
    entries: Vec<Entry<T>>,
    /// The first reusable entry.
    free: u32,
    /// The list heads.
    slots: [[u32; SLOTS]; LEVELS],
    /// One bit per slot that has a list.
    occupied: [u64; LEVELS],
    /// Every slot up to and including this tick has been emptied into `near`.
    tick: u64,
    near: NearTimers,
    /// On the way from a slot to `near`; kept for its memory.
    incoming: Vec<Near>,
    next_order: u64,
    len: usize,
}

impl<T> Timers<T> {
    pub(super) fn new() -> Self {
        Timers {
            entries: Vec::new(),
            free: NIL,
            slots: [[NIL; SLOTS]; LEVELS],
            occupied: [0; LEVELS],
            tick: 0,
            near: NearTimers::default(),
            incoming: Vec::new(),
            next_order: 0,
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is left to fire or to clear away.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0 && self.near.is_empty()
    }

    /// What the timers are for, in no particular order.
    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.entries().map(|(_, item)| item)
    }

    /// When the timers fire, and what they are for, in no particular order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Time, &T)> {
        self.entries.iter().filter_map(|entry| Some((entry.deadline, entry.item.as_ref()?)))
    }

    /// Adds a timer.
    pub(super) fn insert(&mut self, deadline: Time, item: T) -> TimerKey {
        let order = self.next_order;
        self.next_order += 1;
        self.len += 1;
        let entry = Entry {
            deadline,
            order,
            item: Some(item),
            place: Place::Free,
            next: NIL,
            previous: NIL,
        };
        let key = self.free;
        let key = if key == NIL {
            let key = u32::try_from(self.entries.len()).expect("fewer than 2^32 timers");
            self.entries.push(entry);
            key
        } else {
            self.free = self.entries[key as usize].next;
            self.entries[key as usize] = entry;
            key
        };
        self.file(key);
        TimerKey::new(key)
    }

    /// Removes a timer that has not been popped and returns its item.
    pub(super) fn cancel(&mut self, key: TimerKey) -> Option<T> {
        let entry = self.entries.get_mut(key.index() as usize)?;
        let item = entry.item.take()?;
        self.len -= 1;
        match entry.place {
            Place::Slot { level, slot } => {
                self.unlink(key.index(), level as usize, slot as usize);
                self.release(key.index());
            }
            Place::Near => entry.place = Place::Cancelled,
            Place::Cancelled | Place::Free => unreachable!("an entry with an item is in use"),
        }
        Some(item)
    }

    /// Removes and returns the next timer that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Time) -> Option<T> {
        self.advance(now);
        while let Some((deadline, _, key)) = self.near.peek() {
            let entry = &mut self.entries[key as usize];
            if entry.place == Place::Near && deadline > now {
                return None;
            }
            self.near.pop();
            let item = entry.item.take();
            self.release(key);
            if item.is_some() {
                self.len -= 1;
                return item;
            }
        }
        None
    }

    /// What one of the timers after the next is for, if many are due together.
    #[inline]
    pub(super) fn peek_ahead(&self, n_ahead: usize) -> Option<&T> {
        let (_, _, key) = self.near.peek_ahead(n_ahead)?;
        self.entries[key as usize].item.as_ref()
    }

    /// When to look for due timers next: exact, or, where many timers share a slot, a little early.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        if self.is_empty() {
            return None;
        }
        // A cancelled timer on top may hide later ones; looking again at its time clears it away.
        if let Some((deadline, _, _)) = self.near.peek() {
            return Some(deadline);
        }
        let (level, slot) = self.next_slot()?;
        let mut earliest = Time::NEVER;
        let mut key = self.slots[level][slot];
        for _ in 0..SEARCHED {
            if key == NIL {
                return Some(earliest);
            }
            let entry = &self.entries[key as usize];
            earliest = earliest.min(entry.deadline);
            key = entry.next;
        }
        Some(Time::from_nanos(self.slot_start(level, slot) << TICK_BITS))
    }

    /// Puts an entry where it belongs now.
    fn file(&mut self, key: u32) {
        let entry = &mut self.entries[key as usize];
        let tick = entry.deadline.as_nanos() >> TICK_BITS;
        if tick <= self.tick {
            entry.place = Place::Near;
            self.near.push((entry.deadline, entry.order, key));
            return;
        }
        // The highest bit in which the deadline differs from now tells the level.
        let level = ((63 - (tick ^ self.tick).leading_zeros()) / SLOT_BITS) as usize;
        let slot = (tick >> (level as u32 * SLOT_BITS)) as usize % SLOTS;
        let head = std::mem::replace(&mut self.slots[level][slot], key);
        entry.place = Place::Slot { level: level as u8, slot: slot as u8 };
        entry.next = head;
        entry.previous = NIL;
        if head != NIL {
            self.entries[head as usize].previous = key;
        }
        self.occupied[level] |= 1 << slot;
    }

    fn unlink(&mut self, key: u32, level: usize, slot: usize) {
        let Entry { next, previous, .. } = self.entries[key as usize];
        if next != NIL {
            self.entries[next as usize].previous = previous;
        }
        if previous != NIL {
            self.entries[previous as usize].next = next;
            return;
        }
        self.slots[level][slot] = next;
        if next == NIL {
            self.occupied[level] &= !(1 << slot);
        }
    }

    fn release(&mut self, key: u32) {
        let entry = &mut self.entries[key as usize];
        entry.place = Place::Free;
        entry.next = self.free;
        self.free = key;
    }

    /// The slot whose list comes first in time. Whatever lies on a level is earlier than
    /// everything on the levels above.
    fn next_slot(&self) -> Option<(usize, usize)> {
        let level = (0..LEVELS).find(|&level| self.occupied[level] != 0)?;
        Some((level, self.occupied[level].trailing_zeros() as usize))
    }

    /// The first tick of a slot, given that it lies ahead of the current tick.
    fn slot_start(&self, level: usize, slot: usize) -> u64 {
        let shift = level as u32 * SLOT_BITS;
        let above = self.tick.checked_shr(shift + SLOT_BITS).unwrap_or(0);
        above.checked_shl(shift + SLOT_BITS).unwrap_or(0) | (slot as u64) << shift
    }

    /// Moves a list to the levels below.
    fn file_all(&mut self, mut key: u32) {
        while key != NIL {
            let next = self.entries[key as usize].next;
            self.file(key);
            key = next;
        }
    }

    /// Puts a list of timers that are nearly due in order.
    fn bring_near(&mut self, mut key: u32) {
        while key != NIL {
            let entry = &mut self.entries[key as usize];
            entry.place = Place::Near;
            self.incoming.push((entry.deadline, entry.order, key));
            key = entry.next;
        }
        self.near.append(&mut self.incoming);
    }

    /// Moves to the tick of `now`, emptying every slot on the way.
    fn advance(&mut self, now: Time) {
        let target = now.as_nanos() >> TICK_BITS;
        while let Some((level, slot)) = self.next_slot() {
            let start = self.slot_start(level, slot);
            if start > target {
                break;
            }
            self.tick = start;
            self.occupied[level] &= !(1 << slot);
            let first = std::mem::replace(&mut self.slots[level][slot], NIL);
            if level == 0 {
                self.bring_near(first);
            } else {
                self.file_all(first);
            }
        }
        self.tick = self.tick.max(target);
    }
}
