//! What the handles that wait for a result are made of.

use std::rc::Rc;

use super::exit::Exit;
use super::packet::{Joinable, Shared};
use crate::hub::{self, FiberRc, Hub, Time, Wake};
use crate::unwind;

/// A green thread and the way to its result. Dropping it detaches the green thread.
pub(super) struct Joint<'a, T> {
    pub(super) fiber: FiberRc,
    packet: Rc<dyn Joinable<T> + 'a>,
    /// The result has been fetched, so there is nothing to detach from.
    is_collected: bool,
}

impl<'a, T> Joint<'a, T> {
    pub(super) fn new(fiber: FiberRc, packet: Rc<dyn Joinable<T> + 'a>) -> Self {
        Joint { fiber, packet, is_collected: false }
    }

    pub(super) fn shared(&self) -> &Shared {
        self.packet.shared()
    }

    /// Whether it has ended and its links have been called.
    pub(super) fn is_dead(&self) -> bool {
        self.shared().is_dead(&self.fiber)
    }

    /// Waits for the end and returns the result.
    #[inline(always)]
    pub(super) fn wait(mut self) -> Result<T, Exit> {
        loop {
            if let Some(result) = self.take_result() {
                return result;
            }
            self.wait_for_end();
        }
    }

    /// The result, once, after the end.
    #[inline]
    pub(super) fn take_result(&mut self) -> Option<Result<T, Exit>> {
        let result = self.packet.take_result();
        self.is_collected |= result.is_some();
        result
    }

    /// Whether the result has been taken.
    pub(super) fn is_collected(&self) -> bool {
        self.is_collected
    }

    /// Waits until the result is there.
    #[inline(always)]
    pub(super) fn wait_for_end(&self) {
        let waiter = hub::with(Hub::begin_wait);
        assert!(waiter.id() != self.fiber.id, "a green thread cannot wait for itself");
        let joiner = &self.shared().joiner;
        joiner.set(Some(waiter.clone()));
        let wake = hub::park(waiter, "the end of a green thread", Time::NEVER);
        if let Wake::Thrown(payload) = wake {
            joiner.take();
            unwind::raise(payload);
        }
    }

    /// From now on nobody wants the result. One that is there is dropped now, not with the last
    /// handle.
    #[inline(never)]
    fn detach(&self) {
        self.shared().is_detached.set(true);
        drop(self.packet.take_result());
    }
}

impl<T> Drop for Joint<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_collected {
            self.detach();
        }
    }
}
