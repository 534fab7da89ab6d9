//! Deadlines of a fiber itself rather than of one wait.
//!
//! Most are taken back before the fiber has waited at all, so setting one should not cost a reading
//! of the clock. A long one may be *rough*: all that is known of its beginning is a moment that has
//! not come yet. The first reading that is taken for the fiber, before it waits, settles it.

use std::cell::{Cell, OnceCell, RefCell};
use std::time::Duration;

use super::throw::UnwindMark;
use super::time::Time;

/// One deadline.
#[derive(Clone, Copy)]
pub(super) struct Alarm {
    /// When it goes off; if it is rough, at the latest.
    at: Time,
    /// How long after its beginning it goes off, if it is rough.
    rough: Option<Duration>,
    pub(super) token: u64,
    /// Whether someone on the stack waits for it to go off.
    pub(super) is_caught: bool,
    /// How many patched calls have failed because of it: if any, it has gone off, but is still to be
    /// raised.
    n_felt: u32,
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

    /// Whether it is an alarm of the fiber with this id.
    pub(crate) fn is_of(&self, fiber_id: u64) -> bool {
        self.mark.is_of(fiber_id)
    }

    /// Whether it was set before the one with this token.
    pub(crate) fn is_before(&self, token: u64) -> bool {
        self.token < token
    }
}

/// The alarms of one fiber.
#[repr(C)]
pub(super) struct Alarms {
    /// When the first goes off. Every wait asks, so it is kept at hand, and comes first because
    /// the fiber's busiest fields lie before it.
    earliest: Cell<Time>,
    /// Made with the first: most fibers never have one.
    list: OnceCell<Box<List>>,
}

#[derive(Default)]
struct List {
    /// Whether any is rough.
    has_rough: Cell<bool>,
    /// Whether any may have been felt: every limit asks when it ends.
    has_felt: Cell<bool>,
    /// When the alarm was due that a wait was last begun in spite of.
    spared: Cell<Option<Time>>,
    /// Oldest first.
    alarms: RefCell<Vec<Alarm>>,
}

impl Alarms {
    #[inline]
    pub(super) fn new() -> Self {
        Alarms { earliest: Cell::new(Time::NEVER), list: OnceCell::new() }
    }

    #[inline]
    fn list(&self) -> &List {
        self.list.get_or_init(Box::default)
    }

    /// When the first goes off; [`Time::NEVER`] without one.
    #[inline]
    pub(super) fn earliest(&self) -> Time {
        self.earliest.get()
    }

    /// Adds one that goes off at `at`.
    #[inline]
    pub(super) fn add(&self, at: Time, token: u64, is_caught: bool) {
        self.push(Alarm { at, rough: None, token, is_caught, n_felt: 0 });
    }

    /// Adds one that goes off `limit` after now, given that now is before `soon`.
    #[inline]
    pub(super) fn add_rough(&self, soon: Time, limit: Duration, token: u64, is_caught: bool) {
        self.list().has_rough.set(true);
        let at = soon.after(limit);
        self.push(Alarm { at, rough: Some(limit), token, is_caught, n_felt: 0 });
    }

    #[inline]
    fn push(&self, alarm: Alarm) {
        self.earliest.set(self.earliest().min(alarm.at));
        self.list().alarms.borrow_mut().push(alarm);
    }

    /// Whether the fiber may not wait before a reading of the clock has settled its alarms.
    #[inline]
    pub(super) fn has_rough(&self) -> bool {
        self.earliest() < Time::NEVER && self.list().has_rough.get()
    }

    /// Lets rough alarms have begun at `now` at the latest.
    #[inline]
    pub(super) fn settle(&self, now: Time) {
        if self.has_rough() {
            self.settle_rough(now);
        }
    }

    #[cold]
    fn settle_rough(&self, now: Time) {
        self.list().has_rough.set(false);
        for alarm in self.list().alarms.borrow_mut().iter_mut() {
            if let Some(limit) = alarm.rough.take() {
                alarm.at = alarm.at.min(now.after(limit));
                self.earliest.set(self.earliest().min(alarm.at));
            }
        }
    }

    /// Whether a wait may be begun in spite of the earliest alarm, which is due: once.
    #[cold]
    pub(super) fn may_wait_once_more(&self) -> bool {
        let earliest = Some(self.earliest());
        self.list().spared.replace(earliest) != earliest
    }

    /// Takes the earliest alarm if it is due: of equal ones the oldest.
    pub(super) fn take_due(&self, now: Time) -> Option<Alarm> {
        if self.earliest() > now {
            return None;
        }
        let at = self.earliest();
        let index = self.list().alarms.borrow().iter().position(|alarm| alarm.at == at)?;
        Some(self.take(index))
    }

    /// Takes an alarm back; says whether it had not gone off yet.
    #[inline]
    pub(super) fn cancel(&self, token: u64) -> bool {
        let list = self.list();
        let mut alarms = list.alarms.borrow_mut();
        // Nearly always it is the only one.
        if alarms.len() == 1 && alarms[0].token == token {
            self.earliest.set(Time::NEVER);
            list.has_rough.set(false);
            return alarms.pop().is_some_and(|alarm| alarm.n_felt == 0);
        }
        drop(alarms);
        self.cancel_among_others(token)
    }

    #[inline(never)]
    fn cancel_among_others(&self, token: u64) -> bool {
        let index = self.list().alarms.borrow().iter().rposition(|alarm| alarm.token == token);
        index.is_some_and(|index| self.take(index).n_felt == 0)
    }

    fn take(&self, index: usize) -> Alarm {
        let list = self.list();
        let mut alarms = list.alarms.borrow_mut();
        let alarm = alarms.remove(index);
        self.earliest.set(alarms.iter().map(|alarm| alarm.at).min().unwrap_or(Time::NEVER));
        list.has_rough.set(alarms.iter().any(|alarm| alarm.rough.is_some()));
        alarm
    }

    /// Notes whether someone on the stack now waits for an alarm to go off; says how it was.
    pub(super) fn expect(&self, token: u64, is_caught: bool) -> bool {
        let mut alarms = self.list().alarms.borrow_mut();
        let alarm = alarms.iter_mut().find(|alarm| alarm.token == token);
        alarm.is_some_and(|alarm| std::mem::replace(&mut alarm.is_caught, is_caught))
    }

    /// Whether an alarm has not gone off yet.
    pub(super) fn has(&self, token: u64) -> bool {
        self.list().alarms.borrow().iter().any(|alarm| alarm.token == token && alarm.n_felt == 0)
    }

    /// Notes that a patched call fails because of the earliest alarm, if that is due; says how many
    /// have. Of equal ones it is the oldest, as in [`take_due`](Alarms::take_due), which still gives it.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn feel_due(&self, now: Time) -> Option<u32> {
        if self.earliest() > now {
            return None;
        }
        let list = self.list();
        let mut alarms = list.alarms.borrow_mut();
        let alarm = alarms.iter_mut().find(|alarm| alarm.at == self.earliest())?;
        alarm.n_felt = alarm.n_felt.saturating_add(1);
        list.has_felt.set(true);
        list.spared.set(None);
        Some(alarm.n_felt)
    }

    /// Whether any may have been felt.
    #[inline]
    pub(crate) fn may_have_felt(&self) -> bool {
        self.list.get().is_some_and(|list| list.has_felt.get())
    }

    /// Whether there is one that patched calls have failed because of.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn are_felt(&self) -> bool {
        self.may_have_felt() && self.list().alarms.borrow().iter().any(|alarm| alarm.n_felt > 0)
    }

    /// Takes an alarm back if it has been felt; says whether it has.
    pub(super) fn take_felt(&self, token: u64) -> bool {
        let list = self.list();
        let index =
            list.alarms.borrow().iter().position(|alarm| alarm.n_felt > 0 && alarm.token == token);
        let is_felt = index.map(|index| self.take(index)).is_some();
        list.has_felt.set(list.alarms.borrow().iter().any(|alarm| alarm.n_felt > 0));
        is_felt
    }
}
