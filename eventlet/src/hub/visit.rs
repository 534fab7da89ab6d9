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
use super::{Hub, current};

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
    let waiter = hub.begin_wait();
    let place = Place::take(&hub, fd, direction, &waiter, true);
    park_at(place, waiter, direction, deadline)
}

fn park_at(
    place: io::Result<Place<'_>>,
    waiter: Waiter,
    direction: Direction,
    deadline: Time,
) -> Visit {
    let mut place = match place {
        Ok(place) => place,
        Err(error) => return Visit::Failed(error),
    };
    let wake = park_in_call(waiter, what_for(direction), deadline);
    place.waiting.is_woken = wake == CallWake::Ready;
    match Visit::from(wake) {
        Visit::Ready if place.is_lost() => Visit::Closed,
        visit => visit,
    }
}

/// Waits until one of several descriptors may be ready, or `deadline` has passed; those that cannot be
/// waited for, such as files, are left out. Never unwinds for what is thrown.
///
/// Unless it `looks_first`, what has not changed since the last wait does not end this one.
pub(crate) fn visit_any<'fd>(
    what: impl IntoIterator<Item = (BorrowedFd<'fd>, Direction)>,
    deadline: Time,
    looks_first: bool,
) -> Visit {
    let hub = current();
    if hub.current_is_unwinding() {
        return Visit::Unwinding;
    }
    let waiter = hub.begin_wait();
    let mut places = Vec::new();
    for (fd, direction) in what {
        match Place::take(&hub, fd, direction, &waiter, looks_first) {
            Ok(place) => places.push(place),
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => {}
            Err(error) => return Visit::Failed(error),
        }
    }
    park_in_call(waiter, "one of several descriptors to be ready", deadline).into()
}

/// A place among those who wait for a descriptor, given up when it is dropped.
struct Place<'a> {
    hub: &'a Hub,
    waiting: Waiting,
    fd: RawFd,
    id: IoId,
    /// The descriptor itself, if it is registered for this wait alone.
    _own: Option<Guest<'a, OwnedFd>>,
}

impl<'a> Place<'a> {
    /// Waits for a descriptor, or for a duplicate if it is registered for someone else.
    fn take(
        hub: &'a Hub,
        fd: BorrowedFd<'_>,
        direction: Direction,
        waiter: &Waiter,
        looks_first: bool,
    ) -> io::Result<Self> {
        let number = fd.as_raw_fd();
        let Some(id) = hub.begin_visit(number, direction, waiter, looks_first)? else {
            return Self::take_own(hub, fd.try_clone_to_owned()?, direction, waiter);
        };
        let waiting = Waiting::new(number, direction, waiter.clone());
        Ok(Place { hub, waiting, fd: number, id, _own: None })
    }

    /// Waits for a descriptor that nobody else has.
    fn take_own(
        hub: &'a Hub,
        fd: OwnedFd,
        direction: Direction,
        waiter: &Waiter,
    ) -> io::Result<Self> {
        let guest = Guest::new(hub, fd);
        let (fd, id) = (guest.fd.as_raw_fd(), guest.id);
        hub.register_guest(fd, id, direction, waiter)?;
        let waiting = Waiting::new(fd, direction, waiter.clone());
        Ok(Place { hub, waiting, fd, id, _own: Some(guest) })
    }

    /// Whether the descriptor has been closed, or its number used again.
    fn is_lost(&self) -> bool {
        self.hub.check_registered(self.fd, self.id).is_err()
    }
}

impl From<CallWake> for Visit {
    fn from(wake: CallWake) -> Self {
        match wake {
            CallWake::Ready => Visit::Ready,
            CallWake::TimedOut => Visit::TimedOut,
            CallWake::Thrown(thrown) => Visit::Thrown(thrown),
        }
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
    /// Puts a waiter among those who wait for a descriptor, and says under which id; not if someone
    /// else has registered it.
    fn begin_visit(
        &self,
        fd: RawFd,
        direction: Direction,
        waiter: &Waiter,
        looks_first: bool,
    ) -> io::Result<Option<IoId>> {
        let mut poller = self.poller.borrow_mut();
        let Some(owner) = poller.register_visited(fd, IoId::new_visited, looks_first)? else {
            return Ok(None);
        };
        self.count_from_here();
        HIGHEST.fetch_max(fd, Ordering::Relaxed);
        homes(fd).add(self, direction);
        poller.add_waiter(fd, direction, waiter.clone(), false);
        Ok(Some(owner))
    }

    /// Puts a waiter among those who wait for a descriptor of our own.
    fn register_guest(
        &self,
        fd: RawFd,
        id: IoId,
        direction: Direction,
        waiter: &Waiter,
    ) -> io::Result<()> {
        let mut poller = self.poller.borrow_mut();
        poller.register(fd, id.0)?;
        poller.add_waiter(fd, direction, waiter.clone(), false);
        Ok(())
    }
}
