//! Where the items of a pool are when nobody has them, and the count of all that there are.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::Item;
use crate::semaphore::Units;

/// # Invariant
///
/// There are as many units as items may exist. Whoever has one has an item, or is making one, or is
/// about to take one from the shelf. So who finds a unit but no item on the shelf may make one.
pub(super) struct Shelf<T> {
    pub(super) units: Units,
    /// How many items may exist.
    max_size: Cell<usize>,
    /// How many there are, those that are being made included.
    n_items: Cell<usize>,
    /// Those that nobody has, in the order in which they were put back.
    free: RefCell<VecDeque<T>>,
    /// Whether the one put back last is the next to be given out.
    is_stack: bool,
}

/// The right to one item, without it: given up when it is dropped. The next in line may make another.
pub(super) struct Place<'a, T> {
    shelf: &'a Shelf<T>,
}

impl<T> Shelf<T> {
    pub(super) fn new(max_size: usize, is_stack: bool) -> Self {
        Shelf {
            units: Units::new(max_size, "an item of a pool"),
            max_size: Cell::new(max_size),
            n_items: Cell::new(0),
            free: RefCell::default(),
            is_stack,
        }
    }

    pub(super) fn max_size(&self) -> usize {
        self.max_size.get()
    }

    pub(super) fn n_items(&self) -> usize {
        self.n_items.get()
    }

    /// Takes an item from the shelf, or else makes one, for a caller that has a unit.
    pub(super) fn take_or_make<E>(
        self: &Rc<Self>,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Item<T>, E> {
        let item = match self.take() {
            Some(item) => item,
            None => self.make(make)?,
        };
        Ok(Item::new(self.clone(), item))
    }

    fn take(&self) -> Option<T> {
        let mut free = self.free.borrow_mut();
        if self.is_stack { free.pop_back() } else { free.pop_front() }
    }

    /// Makes an item. It is counted meanwhile, since that may take its time.
    fn make<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.n_items.set(self.n_items.get() + 1);
        let place = self.place();
        let item = make()?;
        std::mem::forget(place);
        Ok(item)
    }

    /// For an item that is counted, and that somebody has.
    pub(super) fn place(&self) -> Place<'_, T> {
        Place { shelf: self }
    }

    /// Puts an item back, for the first who waits, if anyone does. Too many are dropped.
    pub(super) fn put_back(&self, item: T) {
        if self.units.n_free() < 0 {
            let _place = self.place();
            drop(item);
            return;
        }
        self.free.borrow_mut().push_back(item);
        self.units.give();
    }

    /// Adds an item from elsewhere.
    pub(super) fn add(&self, item: T) -> Result<(), T> {
        if self.n_items.get() >= self.max_size.get() {
            return Err(item);
        }
        self.n_items.set(self.n_items.get() + 1);
        self.free.borrow_mut().push_back(item);
        Ok(())
    }

    pub(super) fn resize(&self, max_size: usize) {
        let old = self.max_size.replace(max_size);
        self.units.change(as_count(max_size) - as_count(old));
        self.drop_excess();
    }

    /// Drops free items, those first that have been unused for the longest time, until there are no more than there may be, or none is left.
    fn drop_excess(&self) {
        while self.n_items.get() > self.max_size.get() {
            let oldest = self.free.borrow_mut().pop_front();
            let Some(item) = oldest else { return };
            self.n_items.set(self.n_items.get() - 1);
            drop(item);
        }
    }
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        let shelf = self.shelf;
        shelf.n_items.set(shelf.n_items.get() - 1);
        shelf.units.give();
    }
}

/// More items than that are as good as so many.
fn as_count(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}
