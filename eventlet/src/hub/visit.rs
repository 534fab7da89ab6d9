//! Waiting for descriptors of code that knows nothing of the hub: that of patched calls.
//!
//! Such a descriptor may be closed, and its number used again, in ways that nobody sees. So each wait
//! asks the system anew whether it is registered; and what a close that is seen has to tell, it
//! tells all hubs in which it may be.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

use super::call::{CallWake, Thrown, park_in_call};
use super::io::{Guest, IoId, Waiting, what_for};
use super::poller::Direction;
use super::registry::Homes;
use super::time::Time;
use super::waiter::Waiter;
use super::{Hub, current, with};

/// How a visit ended.
#[derive(Debug)]
pub(crate) enum Visit {
    /// It is worth trying.
    Ready,
    /// The deadline has passed.
    TimedOut,
    /// The descriptor was closed meanwhile.
    Closed,
    /// The caller unwinds, and must not wait for I/O.
    Unwinding,
    /// Something was thrown at the caller, which is raised at its next wait in the library.
    Thrown(Thrown),
    /// The descriptor cannot be waited for.
    Failed(io::Error),
}

/// The numbers of descriptors that have a place of their own below; others share.
const N_PLACES: usize = 1 << 16;

/// Where each descriptor is registered. A page of it that no descriptor needs costs no memory.
static HOMES: [Homes; N_PLACES] = [const { Homes::new() }; N_PLACES];

/// The highest number of a descriptor that has ever been waited for.
static HIGHEST: AtomicI32 = AtomicI32::new(-1);

fn homes(fd: RawFd) -> &'static Homes {
    &HOMES[fd as usize % N_PLACES]
}

/// Waits until a descriptor is ready, or `deadline` has passed. Never unwinds for what is thrown.
pub(crate) fn visit(fd: BorrowedFd<'_>, direction: Direction, deadline: Time) -> Visit {
    let hub = current();
    if hub.current_is_unwinding() {
        return Visit::Unwinding;
    }
    match hub.begin_visit(fd.as_raw_fd(), direction) {
        Ok(Some((waiter, id))) => park_visitor(waiter, fd.as_raw_fd(), id, direction, deadline),
        Ok(None) => visit_duplicate(&hub, fd, direction, deadline),
        Err(error) => Visit::Failed(error),
    }
}

/// Waits for a descriptor that is registered for someone else, by a duplicate.
fn visit_duplicate(hub: &Hub, fd: BorrowedFd<'_>, direction: Direction, deadline: Time) -> Visit {
    let registered = fd.try_clone_to_owned().and_then(|duplicate| {
        let guest = Guest::new(hub, duplicate);
        let fd = guest.fd.as_raw_fd();
        let waiter = hub.begin_wait_ready(fd, guest.id, &Homes::default(), direction, false)?;
        Ok((waiter, fd, guest))
    });
    match registered {
        Ok((waiter, fd, guest)) => park_visitor(waiter, fd, guest.id, direction, deadline),
        Err(error) => Visit::Failed(error),
    }
}

/// Waits until a descriptor is readable that stands for the end of something, such as a process.
/// This is a join, so it waits even while the caller unwinds.
pub(crate) fn visit_end(fd: OwnedFd) -> Visit {
    let hub = current();
    let guest = Guest::new(&hub, fd);
    let (fd, read) = (guest.fd.as_raw_fd(), Direction::Read);
    match hub.begin_wait_ready(fd, guest.id, &Homes::default(), read, false) {
        Ok(waiter) => park_visitor(waiter, fd, guest.id, read, Time::NEVER),
        Err(error) => Visit::Failed(error),
    }
}

fn park_visitor(
    waiter: Waiter,
    fd: RawFd,
    id: IoId,
    direction: Direction,
    deadline: Time,
) -> Visit {
    let mut waiting = Waiting::new(fd, direction, waiter.clone());
    let wake = park_in_call(waiter, what_for(direction), deadline);
    waiting.is_woken = wake == CallWake::Ready;
    drop(waiting);
    match wake {
        CallWake::Thrown(thrown) => Visit::Thrown(thrown),
        CallWake::TimedOut => Visit::TimedOut,
        CallWake::Ready if with(|hub| hub.check_registered(fd, id)).is_err() => Visit::Closed,
        CallWake::Ready => Visit::Ready,
    }
}

/// Whether someone may wait for a descriptor, in any hub.
#[inline]
pub(crate) fn is_visited(fd: RawFd) -> bool {
    fd >= 0 && homes(fd).are_known()
}

/// No descriptor of a higher number is waited for.
pub(crate) fn highest_visited() -> RawFd {
    HIGHEST.load(Ordering::Relaxed)
}

/// A descriptor is about to be closed, or its number to be given to another file: whoever waits for
/// it, in any hub, is told.
pub(crate) fn forget_visited(fd: RawFd) {
    if fd >= 0 {
        homes(fd).forget_visited(fd);
    }
}

impl Hub {
    /// Begins a wait for a descriptor, and says under which id; not if someone else has registered it.
    fn begin_visit(&self, fd: RawFd, direction: Direction) -> io::Result<Option<(Waiter, IoId)>> {
        let mut poller = self.poller.borrow_mut();
        let Some(owner) = poller.register_visited(fd, IoId::new_visited)? else {
            return Ok(None);
        };
        self.n_io_calls.set(0);
        HIGHEST.fetch_max(fd, Ordering::Relaxed);
        homes(fd).add(self, direction);
        let waiter = self.begin_wait();
        poller.add_waiter(fd, direction, waiter.clone(), false);
        Ok(Some((waiter, owner)))
    }
}
