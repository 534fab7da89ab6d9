//! Memory that connections lend each other: whoever waits needs none, and what was used just now is
//! still in the processor's cache.

use std::cell::RefCell;
use std::thread::LocalKey;

/// How many of a kind are kept.
const MOST: usize = 64;

/// What nobody uses on this OS thread.
pub(super) struct Spare<T>(RefCell<Vec<T>>);

impl<T> Spare<T> {
    pub(super) const fn new() -> Self {
        Spare(RefCell::new(Vec::new()))
    }
}

/// What was kept last.
#[inline]
pub(super) fn take<T>(spare: &'static LocalKey<Spare<T>>) -> Option<T> {
    spare.try_with(|spare| spare.0.borrow_mut().pop()).ok().flatten()
}

/// Keeps something for whoever needs it next, unless there is plenty.
#[inline]
pub(super) fn keep<T>(spare: &'static LocalKey<Spare<T>>, thing: T) {
    // At the end of an OS thread nobody needs it any more.
    let _ = spare.try_with(|spare| {
        let mut kept = spare.0.borrow_mut();
        if kept.len() < MOST {
            kept.push(thing);
        }
    });
}
