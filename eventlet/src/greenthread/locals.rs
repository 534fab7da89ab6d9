//! The values of a green thread's own: one table for each, and one for the main context.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::mem::{self, ManuallyDrop};
use std::rc::Rc;

use super::contain::contain;
use super::packet::Shared;
use crate::hub::{self, Hub};

/// The values of one green thread, by the addresses of their keys.
#[derive(Default)]
pub(crate) struct Locals {
    /// Made with the first value: most green threads have none, and look here when they end.
    table: OnceCell<Box<Table>>,
}

/// In the order in which they were initialised. It is not borrowed while code of the user's runs.
type Table = RefCell<Vec<Entry>>;

struct Entry {
    key: usize,
    /// Shared with those that are using it; none when it has been destroyed, which is for good.
    value: Option<Rc<dyn Any>>,
}

/// The value of a key has been destroyed.
pub(crate) struct Destroyed;

impl Locals {
    /// The value of a key, if it has one yet.
    #[inline]
    pub(crate) fn find(&self, key: usize) -> Result<Option<Rc<dyn Any>>, Destroyed> {
        let Some(table) = self.table.get() else { return Ok(None) };
        match table.borrow().iter().find(|entry| entry.key == key) {
            Some(entry) => entry.value.clone().map(Some).ok_or(Destroyed),
            None => Ok(None),
        }
    }

    /// Gives a key its value. One that it was given while this was being made is returned.
    pub(crate) fn put(
        &self,
        key: usize,
        value: Rc<dyn Any>,
    ) -> Result<Option<Rc<dyn Any>>, Destroyed> {
        let mut table = self.table.get_or_init(Box::default).borrow_mut();
        match table.iter_mut().find(|entry| entry.key == key) {
            Some(Entry { value: Some(old), .. }) => Ok(Some(mem::replace(old, value))),
            Some(_) => Err(Destroyed),
            None => {
                table.push(Entry { key, value: Some(value) });
                Ok(None)
            }
        }
    }

    /// Drops all values, the last one first, and those that their destructors make. What is
    /// thrown at the caller meanwhile, it has escaped.
    #[inline]
    pub(super) fn destroy(&self) {
        if let Some(table) = self.table.get() {
            destroy_each(table);
        }
    }

    /// Drops what has been made since the others were destroyed, and forgets which ones there were.
    #[inline]
    pub(super) fn clear(&self) {
        if let Some(table) = self.table.get() {
            destroy_each(table);
            table.take();
        }
    }
}

#[cold]
fn destroy_each(table: &Table) {
    while let Some(value) = take_last(table) {
        drop(contain(|| drop(value)));
    }
}

fn take_last(table: &Table) -> Option<Rc<dyn Any>> {
    table.borrow_mut().iter_mut().rev().find_map(|entry| entry.value.take())
}

/// Calls `f` with the values of the green thread that makes this call, or with those of the main
/// context.
#[inline]
pub(crate) fn of_current<R>(
    f: impl FnOnce(&Locals) -> Result<R, Destroyed>,
) -> Result<R, Destroyed> {
    let fiber = hub::try_with(Hub::try_current_fiber).flatten();
    match fiber.as_ref().and_then(|fiber| fiber.extension()?.downcast_ref::<Shared>()) {
        Some(shared) => f(&shared.locals),
        None => of_main(f),
    }
}

/// The values of the main context.
struct OfMain {
    locals: Locals,
    /// The OS thread has ended, and nobody would drop further values.
    is_closed: Cell<bool>,
}

thread_local! {
    /// Never destroyed, so that the destructors of its values can reach it.
    static MAIN: ManuallyDrop<OfMain> = const {
        let locals = Locals { table: OnceCell::new() };
        ManuallyDrop::new(OfMain { locals, is_closed: Cell::new(false) })
    };

    /// Used with the first value.
    static END_OF_MAIN: EndOfMain = const { EndOfMain };
}

/// Destroys the values of the main context with the OS thread.
struct EndOfMain;

impl Drop for EndOfMain {
    fn drop(&mut self) {
        MAIN.with(|main| {
            main.locals.clear();
            main.is_closed.set(true);
        });
    }
}

fn of_main<R>(f: impl FnOnce(&Locals) -> Result<R, Destroyed>) -> Result<R, Destroyed> {
    MAIN.with(|main| {
        if main.is_closed.get() {
            return Err(Destroyed);
        }
        // It cannot be used any more while it destroys the values, and sees to new ones itself.
        let _ = END_OF_MAIN.try_with(|_| ());
        f(&main.locals)
    })
}
