//! Deadlines of a fiber itself rather than of one wait.

use std::cell::{Cell, RefCell};

use super::throw::UnwindMark;
use super::time::Time;

/// One deadline.
#[derive(Clone, Copy)]
pub(super) struct Alarm {
    at: Time,
    pub(super) token: u64,
    /// Whether someone on the stack waits for it to go off.
    pub(super) is_caught: bool,
}

/// The unwind payload of an alarm that went off.
pub(crate) struct AlarmFired {
    token: u64,
    mark: UnwindMark,
}

impl AlarmFired {
    pub(super) fn new(alarm: Alarm, fiber_id: u64) -> Self {
        AlarmFired { token: alarm.token, mark: UnwindMark::new(fiber_id) }
    }

    /// Whether it is the alarm with this token, of the fiber with this id. Tokens are unique in
    /// one hub only, and a payload may have come from another.
    pub(crate) fn is(&self, token: u64, fiber_id: u64) -> bool {
        self.token == token && self.mark.is_of(fiber_id)
    }
}

/// The alarms of one fiber.
#[repr(C)]
pub(super) struct Alarms {
    /// When the first goes off. Every wait asks, so it is kept at hand, and comes first because
    /// the fiber's busiest fields lie before it.
    earliest: Cell<Time>,
    /// Oldest first.
    list: RefCell<Vec<Alarm>>,
}

impl Alarms {
    #[inline]
    pub(super) fn new() -> Self {
        Alarms { earliest: Cell::new(Time::NEVER), list: RefCell::new(Vec::new()) }
    }

    /// When the first goes off; [`Time::NEVER`] without one.
    #[inline]
    pub(super) fn earliest(&self) -> Time {
        self.earliest.get()
    }

    #[inline]
    pub(super) fn add(&self, at: Time, token: u64, is_caught: bool) {
        self.earliest.set(self.earliest().min(at));
        self.list.borrow_mut().push(Alarm { at, token, is_caught });
    }

    /// Takes the earliest alarm if it is due: of equal ones the oldest.
    pub(super) fn take_due(&self, now: Time) -> Option<Alarm> {
        if self.earliest() > now {
            return None;
        }
        let at = self.earliest();
        let index = self.list.borrow().iter().position(|alarm| alarm.at == at)?;
        Some(self.take(index))
    }

    /// Takes an alarm back; says whether it had not gone off yet.
    #[inline]
    pub(super) fn cancel(&self, token: u64) -> bool {
        let index = self.list.borrow().iter().rposition(|alarm| alarm.token == token);
        index.map(|index| self.take(index)).is_some()
    }

    #[inline]
    fn take(&self, index: usize) -> Alarm {
        let mut list = self.list.borrow_mut();
        let alarm = list.remove(index);
        if list.is_empty() {
            self.earliest.set(Time::NEVER);
        } else if alarm.at == self.earliest() {
            self.earliest.set(list.iter().map(|alarm| alarm.at).min().unwrap_or(Time::NEVER));
        }
        alarm
    }

    /// Notes whether someone on the stack now waits for an alarm to go off; says how it was.
    pub(super) fn expect(&self, token: u64, is_caught: bool) -> bool {
        let mut list = self.list.borrow_mut();
        let alarm = list.iter_mut().find(|alarm| alarm.token == token);
        alarm.is_some_and(|alarm| std::mem::replace(&mut alarm.is_caught, is_caught))
    }

    /// Takes all alarms back.
    pub(super) fn clear(&self) {
        if self.earliest() < Time::NEVER {
            self.earliest.set(Time::NEVER);
            self.list.borrow_mut().clear();
        }
    }

    /// Whether an alarm has not gone off yet.
    pub(super) fn has(&self, token: u64) -> bool {
        self.list.borrow().iter().any(|alarm| alarm.token == token)
    }
}
