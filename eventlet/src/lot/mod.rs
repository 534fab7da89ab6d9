//! The lot: where green threads and OS threads are parked until someone who knows the same address
//! calls them. What locks and their like are built on.
//!
//! ```text
//!   any hub, any OS thread                         any hub, any OS thread
//!   wait(Place { key, tag, .. })                   at(key) ──► Line
//!        │  is there anything to wait for?            │  first, wake_first
//!        ▼                                            ▼
//!      lines of waiters, by key, first in, first out (one table for the process)
//! ```
//!
//! A primitive keeps its state in an atomic and comes here only when it must wait, or has reason to
//! think that someone waits. It needs these:
//!
//! - [`Key::of`] the atomic names the line.
//! - [`wait`] asks, *under the lock of the line*, whether there is anything to wait for, joins the
//!   line, and parks. So whoever changes the atomic under the same lock is never missed.
//! - [`at`] locks a line. [`Line::wake_first`] takes the first out and wakes it, under the lock: what
//!   the primitive notes there and then (this lock is yours now) holds for the one who was woken,
//!   whatever happens to it. [`Line::is_empty`] says whether more wait, [`Line::first`] who is next.
//! - [`wake_one`] and [`wake_all`] are for those who need no more than that.
//! - [`Line::call_first`] takes the first out without giving it anything. It takes what it wants
//!   itself when it comes, if nobody has been faster; else it waits again, in the place where it
//!   was, and is not called a second time. That is for those who belong to another OS thread: to
//!   rouse it takes a thousand times as long as what is done under a lock, and all others would wait
//!   for it meanwhile.
//!
//! **A wake is never lost.** Who was taken out of the line counts as woken even if its deadline passes
//! at the same moment. One that is thrown at, and unwinds, is not: its `leave` is told whether it
//! had been woken, and then does what the woken one would have done in the end (unlock, or wake the
//! next). Of a hub that has ended nobody can be woken: then the next in line is. One whose hub ends
//! after it was woken and before it runs is abandoned with what it was given, as if it had come to
//! hold it a moment earlier.
//!
//! The locks in here are std's, and held for a few instructions: nothing of the user's runs under them.

mod table;
#[cfg(test)]
mod tests;

use std::ptr;

use table::leave_line;
pub(crate) use table::{Key, Line, Spot, at};

use crate::hub::{self, Time, Wake};
use crate::unwind;

/// Where someone waits, and how long.
pub(crate) struct Place {
    pub(crate) key: Key,
    /// What it waits for, in reports.
    pub(crate) waits_for: &'static str,
    /// When it gives up.
    pub(crate) deadline: Time,
    /// What it tells those who look at the line: see [`Line::first`].
    pub(crate) tag: u32,
    /// Where it was when it was called, if it has come too late; else it goes to the end.
    pub(crate) back_at: Option<Spot>,
}

impl Place {
    /// In the line of `key`, for ever, with nothing to tell.
    pub(crate) fn new(key: Key, waits_for: &'static str) -> Self {
        Place { key, waits_for, deadline: Time::NEVER, tag: 0, back_at: None }
    }
}

/// How a wait in a line ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Waited {
    /// There was nothing to wait for, and nobody has waited.
    Refused,
    /// It was taken out of the line and woken.
    Woken,
    /// It was taken out of the line and called.
    Called(Spot),
    /// The deadline has passed. It has left the line, and nobody had taken it out.
    TimedOut,
}

/// Waits in a line, if `may_wait`, which runs under the lock of the line, says that there is anything
/// to wait for.
///
/// If the caller unwinds from its wait, it has left the line when `leave` is called, which is told
/// whether it had been woken: then it has to pass on what it was given. If not, it may have been
/// called: then somebody else has to be, if there is anything to take. Where there are calls, there
/// are no deadlines.
///
/// Who is unwinding already can wait, and be woken, all the same.
///
/// # Panics
///
/// Panics where [`hub::park`] does, and raises what is thrown at the caller.
pub(crate) fn wait(
    place: Place,
    may_wait: impl FnOnce() -> bool,
    leave: impl FnOnce(bool),
) -> Waited {
    wait_after(place, may_wait, || (), leave)
}

/// Like [`wait`]; calls `enter` between joining the line and parking, without the lock of the line.
pub(crate) fn wait_after(
    place: Place,
    may_wait: impl FnOnce() -> bool,
    enter: impl FnOnce(),
    leave: impl FnOnce(bool),
) -> Waited {
    let mut stay = Stay { spot: None, leave: Some(leave) };
    let wake = hub::wait_for_anyone(place.waits_for, place.deadline, |waiter| {
        stay.spot = at(place.key).join(&place, waiter, may_wait);
        if stay.spot.is_some() {
            enter();
        }
        stay.spot.is_some()
    });
    match wake {
        Wake::Ready => match stay.spot.take() {
            None => Waited::Refused,
            Some(spot) if leave_line(spot) => Waited::Woken,
            Some(spot) => Waited::Called(spot),
        },
        Wake::TimedOut => {
            let was_woken = stay.spot.take().is_some_and(leave_line);
            if was_woken { Waited::Woken } else { Waited::TimedOut }
        }
        Wake::Thrown(payload) => {
            drop(stay);
            unwind::raise(payload)
        }
    }
}

/// The stay of one in a line; when it unwinds from there, it leaves in order.
struct Stay<L: FnOnce(bool)> {
    /// While it is, or may be, in the line.
    spot: Option<Spot>,
    /// Taken by `drop`.
    leave: Option<L>,
}

impl<L: FnOnce(bool)> Drop for Stay<L> {
    fn drop(&mut self) {
        if let (Some(spot), Some(leave)) = (self.spot.take(), self.leave.take()) {
            leave(leave_line(spot));
        }
    }
}

/// Like [`wait_after`], but nothing that is thrown at the caller ends the wait: it is raised at the next
/// one.
///
/// # Panics
///
/// Panics where [`hub::park`] does.
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(crate) fn wait_in_peace(
    place: Place,
    may_wait: impl FnOnce() -> bool,
    enter: impl FnOnce(),
) -> Waited {
    let mut spot = None;
    let is_woken = hub::with(|hub| {
        hub.wait_in_peace(place.waits_for, place.deadline, |waiter| {
            spot = at(place.key).join(&place, waiter, may_wait);
            if spot.is_some() {
                enter();
            }
            spot.is_some()
        })
    });
    match spot {
        None => Waited::Refused,
        Some(spot) if leave_line(spot) || is_woken => Waited::Woken,
        Some(_) => Waited::TimedOut,
    }
}

/// Wakes the first in a line; then, under the lock of the line, tells `settle` whether there was
/// anyone, and whether more wait.
pub(crate) fn wake_one<R>(key: Key, settle: impl FnOnce(bool, bool) -> R) -> R {
    let mut line = at(key);
    let has_woken = line.wake_first();
    settle(has_woken, !line.is_empty())
}

/// Wakes all who are in a line; then calls `settle` under the lock of the line.
pub(crate) fn wake_all<R>(key: Key, settle: impl FnOnce() -> R) -> R {
    let mut line = at(key);
    while line.wake_first() {}
    settle()
}

impl Key {
    /// The line that belongs to `thing`, which stays where it is for as long as anyone waits there.
    pub(crate) fn of<T>(thing: &T) -> Self {
        const { assert!(size_of::<T>() > 0, "things without a size share their addresses") };
        const { assert!(align_of::<T>() >= 4, "the last bits are taken: see `Foreign`") };
        Key::new(ptr::from_ref(thing).addr())
    }

    /// The line that belongs to something of the program's, which may be gone when it is called: its
    /// address, a multiple of four, may be that of something else by then. So it never is the line of
    /// something of the library's, or of another kind.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(crate) fn of_foreign(kind: Foreign, address: usize) -> Self {
        Key::new(address & !3 | kind as usize)
    }
}

/// Things of the program's that are waited for.
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
#[derive(Clone, Copy)]
pub(crate) enum Foreign {
    /// A word that is passed to the system call of that name.
    Futex = 1,
    /// A condition of C's.
    Condition = 2,
    /// A lock of C's.
    Lock = 3,
}
