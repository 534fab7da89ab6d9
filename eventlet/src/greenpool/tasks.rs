//! The work of a map: starting calls as there are slots for them, and taking their results.
//!
//! ```text
//!   items ──► pending ──slot──► window ──► results
//!            (one item)      (two per slot)
//! ```

use std::iter::Fuse;
use std::panic::Location;
use std::rc::Rc;

use super::slots::{Slot, Slots};
use super::window::Window;
use crate::greenthread::{Exit, run_inline};
use crate::hub::Time;
use crate::select::choose_until;

/// What is called with each item.
pub(super) trait Call<A>: 'static {
    type Output: 'static;

    fn call(&self, item: A) -> Self::Output;
}

pub(super) struct Tasks<I: Iterator, C, W> {
    slots: Rc<Slots>,
    call: Rc<C>,
    items: Fuse<I>,
    /// The next item, which waits for a slot. It is fetched before the slot is taken, since the
    /// iterator may itself wait for something that needs one.
    pending: Option<I::Item>,
    window: W,
    /// Where the map was made, for reports.
    spawned_at: &'static Location<'static>,
}

impl<I, C, W> Tasks<I, C, W>
where
    I: Iterator<Item: 'static>,
    C: Call<I::Item>,
    W: Window<C::Output>,
{
    pub(super) fn new(
        slots: Rc<Slots>,
        call: C,
        items: I,
        spawned_at: &'static Location<'static>,
    ) -> Self {
        let (call, items) = (Rc::new(call), items.fuse());
        Tasks { slots, call, items, pending: None, window: W::default(), spawned_at }
    }

    pub(super) fn next(&mut self) -> Option<Result<C::Output, Exit>> {
        loop {
            self.start_what_has_room();
            if let Some(result) = self.window.take() {
                return Some(result);
            }
            if self.window.len() == 0 && self.slots.has_caller() {
                let item = self.pending.take()?;
                return Some(run_inline(|| self.call.call(item)));
            }
            if self.window.len() == 0 && self.pending.is_none() {
                return None;
            }
            if let Some(slot) = self.wait() {
                self.start(slot);
            }
        }
    }

    fn start_what_has_room(&mut self) {
        while self.has_next()
            && let Some(slot) = self.slots.try_take()
        {
            self.start(slot);
        }
    }

    /// Whether there is an item to be started, and room for its result.
    fn has_next(&mut self) -> bool {
        let room = self.slots.size().saturating_mul(2).max(1);
        if self.pending.is_none() && self.window.len() < room {
            self.pending = self.items.next();
        }
        self.pending.is_some()
    }

    fn start(&mut self, slot: Slot) {
        let Some(item) = self.pending.take() else { return };
        let call = self.call.clone();
        self.window.push(slot.spawn(self.spawned_at, move || call.call(item)));
    }

    /// Waits for a result, or for a slot if there is an item for it.
    fn wait(&self) -> Option<Slot> {
        if self.pending.is_none() {
            self.window.wait();
            return None;
        }
        let Some(ready) = self.window.ready() else { return self.slots.take(|_| Time::NEVER) };
        self.slots.in_line(|units| choose_until([ready, units], Time::NEVER) == Some(1))
    }

    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        let n_open = self.window.len() + usize::from(self.pending.is_some());
        let (least, most) = self.items.size_hint();
        (least.saturating_add(n_open), most.and_then(|most| most.checked_add(n_open)))
    }
}
