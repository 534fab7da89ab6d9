//! Starting fibers: in new records, or in those of fibers that have ended.

use std::io;
use std::rc::Rc;

use super::fiber::{Body, Fiber, FiberRc, Spec};
use super::time::Time;
use super::{Hub, ID_BLOCK, next_id_block};

/// Records of ended fibers that are kept for new ones, at some 200 bytes each.
const KEPT: usize = 1024;
/// A record keeps its last body until it is used again: not one that takes more bytes than this.
const LARGEST_BODY: usize = 1024;

impl Hub {
    /// Starts a fiber. It runs when the current one gives way.
    ///
    /// # Errors
    ///
    /// Fails if there is no stack at hand and none can be mapped.
    #[inline]
    pub(crate) fn start(&self, spec: Spec, body: Rc<dyn Body>) -> io::Result<FiberRc> {
        self.stacks.borrow_mut().provide(spec.stack_size)?;
        Ok(self.start_when_possible(spec, body))
    }

    /// Starts a fiber for someone who cannot be told of an error. If there is no stack for it, it
    /// begins when one is given back.
    #[inline]
    pub(crate) fn start_when_possible(&self, spec: Spec, body: Rc<dyn Body>) -> FiberRc {
        let fiber = self.make_fiber(spec, body);
        self.enqueue_new(fiber.clone());
        fiber
    }

    /// Makes a fiber that is to start at `at`.
    ///
    /// # Errors
    ///
    /// Fails if there is no stack at hand and none can be mapped.
    pub(crate) fn start_at(&self, spec: Spec, body: Rc<dyn Body>, at: Time) -> io::Result<FiberRc> {
        self.stacks.borrow_mut().provide(spec.stack_size)?;
        let fiber = self.make_fiber(spec, body);
        if at < Time::NEVER {
            self.arm(&fiber, at);
        } else {
            self.register(&fiber);
        }
        Ok(fiber)
    }

    /// Makes a fiber that has ended, with an id of its own: for what has been run without one.
    pub(crate) fn make_ended(&self, spec: Spec, body: Rc<dyn Body>) -> FiberRc {
        Fiber::ended(self.take_id(), spec, body)
    }

    #[inline]
    fn make_fiber(&self, spec: Spec, body: Rc<dyn Body>) -> FiberRc {
        self.n_fibers.set(self.n_fibers.get() + 1);
        let id = self.take_id();
        let spare = self.spare.borrow_mut().pop();
        if let Some(mut fiber) = spare
            && let Some(record) = Rc::get_mut(&mut fiber)
        {
            record.renew(id, spec, body);
            return fiber;
        }
        Fiber::of(id, spec, body)
    }

    /// Keeps the record of a fiber that has ended for a new one.
    #[inline]
    pub(super) fn keep_record(&self, fiber: FiberRc) {
        let mut spare = self.spare.borrow_mut();
        if spare.len() < KEPT && fiber.body_size() <= LARGEST_BODY {
            spare.push(fiber);
            return;
        }
        drop(spare);
        // Perhaps the last that holds it: dropped while nothing is borrowed.
        drop(fiber);
    }

    fn take_id(&self) -> u64 {
        let id = self.next_id.get();
        let next = if (id + 1).is_multiple_of(ID_BLOCK) { next_id_block() } else { id + 1 };
        self.next_id.set(next);
        id
    }
}
