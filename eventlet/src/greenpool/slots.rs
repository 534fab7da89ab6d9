//! The slots of a pool, and who has them.

use std::cell::{Cell, RefCell};
use std::io;
use std::panic::Location;
use std::rc::Rc;

use slab::Slab;

use super::census;
use crate::greenthread::{GreenThread, Handle, WeakHandle, current, spawn_for};
use crate::hub::{self, Hub, Time};
use crate::semaphore::Units;
use crate::waitlist::WaitList;

/// What all handles of a pool share.
pub(super) struct Slots {
    /// The free ones, and those who wait for one. A slot that has been given to someone who has not
    /// run since is not free, although no member has it yet.
    pub(super) units: Units,
    /// How many slots there are.
    size: Cell<usize>,
    /// The members, each in its seat.
    members: RefCell<Slab<WeakHandle>>,
    /// Those who wait for the end of all members.
    idlers: WaitList,
    /// Where the pool was made, for who looks after the program.
    pub(super) made_at: &'static Location<'static>,
}

/// A taken slot, free again when it is dropped: at the end of a member, also if it never began.
pub(crate) struct Slot {
    slots: Rc<Slots>,
    /// Its place among the members.
    seat: usize,
}

impl Slots {
    #[track_caller]
    pub(super) fn new(size: usize) -> Rc<Self> {
        let slots = Rc::new(Slots {
            units: Units::new(size, "a free slot of a pool"),
            size: Cell::new(size),
            members: RefCell::default(),
            idlers: WaitList::default(),
            made_at: Location::caller(),
        });
        census::enter(&slots);
        slots
    }

    pub(super) fn size(&self) -> usize {
        self.size.get()
    }

    pub(super) fn resize(&self, size: usize) {
        let old = self.size.replace(size);
        self.units.change(as_count(size) - as_count(old));
    }

    pub(super) fn n_running(&self) -> usize {
        self.members.borrow().len()
    }

    /// All members, the main context excluded, which is never one.
    pub(super) fn members(&self) -> Vec<Handle> {
        self.members.borrow().iter().filter_map(|(_, member)| member.upgrade()).collect()
    }

    /// Whether the caller has one of the slots.
    pub(super) fn has_caller(&self) -> bool {
        let caller = current();
        let seat = caller.seat();
        let members = self.members.borrow();
        seat.and_then(|seat| members.get(seat as usize)).is_some_and(|member| member.is(&caller))
    }

    /// Takes a slot, if one is free.
    #[inline]
    pub(super) fn try_take(self: &Rc<Self>) -> Option<Slot> {
        self.units.try_take().then(|| self.taken())
    }

    /// Takes a slot, waiting for it until `deadline`.
    pub(super) fn take(self: &Rc<Self>, deadline: impl FnOnce(&Hub) -> Time) -> Option<Slot> {
        self.in_line(|units| units.take(deadline))
    }

    /// Waits in line for a slot. `wait` says whether it got one.
    pub(super) fn in_line(self: &Rc<Self>, wait: impl FnOnce(&Units) -> bool) -> Option<Slot> {
        /// Whoever leaves the line may have been the last one that others waited for.
        struct InLine<'a>(&'a Slots);

        impl Drop for InLine<'_> {
            fn drop(&mut self) {
                self.0.tell_if_idle();
            }
        }

        let in_line = InLine(self);
        let slot = wait(&self.units).then(|| self.taken());
        drop(in_line);
        slot
    }

    #[inline]
    fn taken(self: &Rc<Self>) -> Slot {
        let seat = self.members.borrow_mut().insert(WeakHandle::default());
        Slot { slots: self.clone(), seat }
    }

    /// Whether nobody runs and nobody waits for a slot. Who leaves the line says so.
    fn is_idle(&self) -> bool {
        let n_taken = as_count(self.size.get()) - self.units.n_free();
        n_taken == 0 && self.units.is_line_empty()
    }

    #[inline]
    fn tell_if_idle(&self) {
        if self.is_idle() {
            self.idlers.wake_all();
        }
    }

    /// Waits until the pool is idle; says whether it was before `deadline`.
    #[track_caller]
    pub(super) fn wait_until_idle(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        const WHAT: &str = "the end of all that runs in a pool";
        assert!(
            !self.has_caller(),
            "a member of a pool cannot wait for the end of all its members: it is one of them"
        );
        self.is_idle() || self.idlers.wait(WHAT, hub::with(deadline)).ready_or_raise()
    }
}

/// More slots than there can be green threads are as good as that many.
fn as_count(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

impl Slot {
    /// Starts a member, which has the slot to its end.
    #[track_caller]
    pub(super) fn spawn<F, T>(self, spawned_at: &'static Location<'static>, f: F) -> GreenThread<T>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        self.try_spawn(spawned_at, f).unwrap_or_else(|error| panic!("spawn: {error}"))
    }

    /// The same, unless there is no stack for it: then the slot is free again.
    pub(crate) fn try_spawn<F, T>(
        self,
        spawned_at: &'static Location<'static>,
        f: F,
    ) -> io::Result<GreenThread<T>>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        let (slots, seat) = (self.slots.clone(), self.seat);
        let body = move || {
            let _slot = self;
            f()
        };
        let thread = spawn_for(spawned_at, body)?;
        thread.set_seat(u32::try_from(seat).expect("fewer than 2^32 green threads"));
        slots.members.borrow_mut()[seat] = thread.downgrade();
        Ok(thread)
    }
}

impl Drop for Slot {
    #[inline]
    fn drop(&mut self) {
        let member = self.slots.members.borrow_mut().remove(self.seat);
        // Perhaps the last that knows of its fiber: dropped while nothing is borrowed.
        drop(member);
        self.slots.units.give();
        self.slots.tell_if_idle();
    }
}
