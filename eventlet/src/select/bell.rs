//! How one green thread is told of many things: each rings with its index.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use crate::hub::{Time, Wake};
use crate::waitlist::{WaitList, Waits, Wakeable};

/// Collects what rings until someone looks.
#[derive(Default)]
pub(super) struct Bell {
    rung: RefCell<VecDeque<usize>>,
    /// The one who waits for the next ring.
    listener: WaitList,
}

impl Bell {
    /// Takes the index of what rang first.
    pub(super) fn next(&self) -> Option<usize> {
        self.rung.borrow_mut().pop_front()
    }

    /// Notes that something is ready.
    pub(super) fn ring(&self, index: usize) {
        self.rung.borrow_mut().push_back(index);
        self.listener.wake_one();
    }

    /// Waits for a ring.
    pub(super) fn wait(&self, deadline: Time) -> Wake {
        self.listener.wait("any of several things", deadline)
    }

    pub(super) fn watcher(self: &Rc<Self>, index: usize) -> Watcher {
        Watcher { bell: Rc::downgrade(self), index }
    }
}

/// Rings a bell, once, when something is ready.
///
/// It is `pub` for the hidden half of [`Waitable`](super::Waitable); nobody outside can name it.
pub struct Watcher {
    bell: Weak<Bell>,
    index: usize,
}

impl Wakeable for Watcher {
    fn wake(self) -> bool {
        let bell = self.bell.upgrade();
        if let Some(bell) = &bell {
            bell.ring(self.index);
        }
        bell.is_some()
    }
}

impl Waits for Watcher {
    fn is_waiting(&self) -> bool {
        self.bell.strong_count() > 0
    }
}
