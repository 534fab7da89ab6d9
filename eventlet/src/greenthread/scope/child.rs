//! A green thread of a scope, whose closure and result may borrow.
//!
//! The hub keeps bodies of fibers for as long as it likes, and does not know lifetimes. So the
//! lifetime of a child is taken off when it is given to the hub, and what may borrow is watched
//! over here. Two invariants make that sound (those who call [`unbind`] vouch for as much):
//!
//! - LIVE: a child that has not ended is among its scope's [`Children`], and holds these. While it
//!   is there, nobody can drop it, not even the hub when its OS thread ends: it is abandoned like
//!   a suspended stack. And `Scope::enclose` neither returns nor unwinds before there is none, killing
//!   them if it must; if it cannot wait for that, the process is aborted.
//! - ENDED: when a child leaves, its closure has been called or dropped, whatever it had on its
//!   stack is gone, and its result has been dropped or is in the packet for the one handle. The
//!   handle takes it out, at the latest when it is dropped, and cannot leave the scope, since its
//!   type names `'scope`. If the handle is forgotten, the packet is leaked with the result.
//!
//! So what the hub or a `Handle` has of a child after its scope is an empty packet, and what they
//! use of it (its links, its status, its size) borrows nothing. A scope whose own stack is
//! abandoned never ends, and what is borrowed from it stays where it is.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::mem;
use std::rc::Rc;

use super::children::Children;
use crate::greenthread::exit::{Exit, ExitStatus, Killed};
use crate::greenthread::joint::Joint;
use crate::greenthread::packet::{Joinable, Packet, Shared};
use crate::greenthread::{self, Start};
use crate::hub::{self, Body, FiberRc, Spec};
use crate::unwind::Payload;

/// The body of a fiber that belongs to a scope.
struct Child<F, T> {
    packet: Packet<F, T>,
    children: Rc<Children>,
    /// Where it is among them.
    place: Cell<usize>,
}

/// Starts a child whose closure and result live as long as `'scope`.
///
/// The caller's scope does not end before `children` is empty (LIVE).
pub(super) fn start<'scope, F, T>(
    children: &Rc<Children>,
    spec: Spec,
    when: Start,
    f: F,
) -> io::Result<Joint<'scope, T>>
where
    F: FnOnce() -> T + 'scope,
    T: 'scope,
{
    let (packet, place) = (Packet::new(f), Cell::new(usize::MAX));
    let child = Rc::new(Child { packet, children: children.clone(), place });
    let fiber = greenthread::start(spec, when, erase(child.clone()))?;
    child.place.set(children.admit(&fiber));
    let joint = Joint::new(fiber, child);
    if children.is_ending() {
        hub::with(|hub| hub.throw(&joint.fiber, Killed::payload));
    }
    Ok(joint)
}

/// Takes the lifetime off a body.
fn erase<'scope>(child: Rc<dyn Body + 'scope>) -> Rc<dyn Body> {
    // SAFETY: the types differ in the lifetime alone. What lives only as long as that is the
    // closure and the result, and both are gone from the body, or the body is leaked, when the
    // scope ends (LIVE, ENDED). If the body is not taken by the hub, it is dropped by `start`.
    unsafe { mem::transmute::<Rc<dyn Body + 'scope>, Rc<dyn Body + 'static>>(child) }
}

/// Takes the lifetime off a body that belongs to no scope.
///
/// # Safety
///
/// What its closure and its result borrow must be there until the green thread has ended, or for
/// ever if it does not end.
pub(in crate::greenthread) unsafe fn unbind<'a>(body: Rc<dyn Body + 'a>) -> Rc<dyn Body> {
    // SAFETY: the types differ in the lifetime alone, and the caller sees to that (ENDED holds for
    // every packet).
    unsafe { mem::transmute::<Rc<dyn Body + 'a>, Rc<dyn Body + 'static>>(body) }
}

impl<F, T> Child<F, T> {
    fn status(&self) -> Option<ExitStatus> {
        self.packet.shared.links.status()
    }
}

/// Lets the child leave, however its end goes.
struct Leaving<'a, F, T>(&'a Child<F, T>);

impl<F, T> Drop for Leaving<'_, F, T> {
    fn drop(&mut self) {
        let child = self.0;
        let has_panicked = child.status().is_some_and(|status| status.is_panic());
        child.children.leave(child.place.get(), has_panicked);
    }
}

impl<F, T> Body for Child<F, T>
where
    F: FnOnce() -> T,
{
    fn run(&self, fiber: &FiberRc) {
        let _leaving = Leaving(self);
        self.packet.run(fiber);
    }

    fn discard(&self, fiber: &FiberRc, why: Payload) {
        let _leaving = Leaving(self);
        self.packet.discard(fiber, why);
    }

    fn extension(&self) -> &dyn Any {
        self.packet.extension()
    }
}

impl<F, T> Joinable<T> for Child<F, T>
where
    F: FnOnce() -> T,
{
    fn shared(&self) -> &Shared {
        self.packet.shared()
    }

    fn take_result(&self) -> Option<Result<T, Exit>> {
        self.packet.take_result()
    }
}
