//! Callbacks for the end of a green thread.

use std::cell::Cell;
use std::collections::VecDeque;

use super::contain::contain;
use super::exit::ExitStatus;
use crate::unwind::Payload;

type Callback = Box<dyn FnOnce(&ExitStatus)>;
/// With growing numbers, so that one is found quickly among many.
type Callbacks = VecDeque<(Link, Callback)>;

thread_local! {
    /// The number of the next link. No two links of a thread have the same, so one of another
    /// green thread is never taken back by mistake.
    static NEXT_LINK: Cell<u64> = const { Cell::new(0) };
}

/// Names a callback that was linked to a green thread, for `unlink`.
///
/// # Examples
///
/// ```
/// let handle = eventlet::spawn_n(|| ());
/// let link = handle.link(|_status| println!("not called"));
/// assert!(handle.unlink(link));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    pub(crate) number: u64,
}

/// The callbacks of one green thread, in the order they were linked.
#[derive(Default)]
pub(super) struct Links {
    /// Boxed, since hardly any green thread has one.
    callbacks: Cell<Option<Box<Callbacks>>>,
    /// Set when the body has ended: from then on callbacks are called at once.
    ended: Cell<Option<ExitStatus>>,
}

impl Links {
    /// Calls `callback` when the green thread ends, at once if it has ended.
    pub(super) fn add(&self, callback: Callback) -> Link {
        let number = NEXT_LINK.get();
        NEXT_LINK.set(number + 1);
        let link = Link { number };
        match self.ended.get() {
            Some(status) => callback(&status),
            None => {
                let mut callbacks = self.callbacks.take().unwrap_or_default();
                callbacks.push_back((link, callback));
                self.callbacks.set(Some(callbacks));
            }
        }
        link
    }

    /// How the green thread ended, if it has.
    pub(super) fn status(&self) -> Option<ExitStatus> {
        self.ended.get()
    }

    /// Takes a callback back that has not been called.
    pub(super) fn remove(&self, link: Link) -> bool {
        let Some(mut callbacks) = self.callbacks.take() else { return false };
        let index = callbacks.binary_search_by_key(&link.number, |(other, _)| other.number);
        let removed = index.ok().and_then(|index| callbacks.remove(index));
        self.callbacks.set(Some(callbacks));
        // The callback's destructor is the user's code, and may link or unlink: it runs here.
        removed.is_some()
    }

    /// Calls all callbacks. One that panics is reported like any panic and does not keep the
    /// others from being called. What was thrown at the caller meanwhile is returned.
    #[inline]
    pub(super) fn call_all(&self, status: ExitStatus) -> Option<Payload> {
        self.ended.set(Some(status));
        let callbacks = self.callbacks.take()?;
        call_each(*callbacks, status)
    }
}

#[cold]
fn call_each(callbacks: Callbacks, status: ExitStatus) -> Option<Payload> {
    let mut thrown = None;
    for (_, callback) in callbacks {
        thrown = contain(|| callback(&status)).or(thrown);
    }
    thrown
}
