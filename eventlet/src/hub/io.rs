//! Waiting for descriptors.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::poller::{self, Direction};
use super::registry::Homes;
use super::time::Time;
use super::waiter::{Waiter, Wake};
use super::{Hub, park, try_with, with};
use crate::coroutine;

/// So many I/O calls in a row may find something to do at once. More, and the fiber that makes them
/// gives way: a stream whose peer is fast enough is always ready.
const READY_CALLS: u32 = 64;

/// So many of them may all runnable fibers together make in one pass of the run queue, so that it
/// takes milliseconds and no more.
const READY_CALLS_PER_PASS: usize = 1024;

/// However many fibers are runnable, each may make so many: a request is read and answered at once.
const READY_CALLS_AT_LEAST: u32 = 4;

/// Identifies a socket for ever: an fd number is used again, an id is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct IoId(pub(super) u64);

/// Marks the ids of descriptors that only patched calls know.
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
const VISITED: u64 = 1 << 63;

impl IoId {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        IoId(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// One for a descriptor that only patched calls know.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn new_visited() -> Self {
        IoId(Self::new().0 | VISITED)
    }

    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn is_visited(self) -> bool {
        self.0 & VISITED != 0
    }

    /// Whether it was made earlier.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn is_older_than(self, other: IoId) -> bool {
        self.0 & !VISITED < other.0 & !VISITED
    }
}

/// Takes a waiter out of its slot, unless the poller did when it woke it.
pub(super) struct Waiting {
    fd: RawFd,
    direction: Direction,
    waiter: Waiter,
    pub(super) is_woken: bool,
}

impl Waiting {
    #[inline(always)]
    pub(super) fn new(fd: RawFd, direction: Direction, waiter: Waiter) -> Self {
        Waiting { fd, direction, waiter, is_woken: false }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_woken {
            try_with(|hub| {
                let mut poller = hub.poller.borrow_mut();
                poller.remove_waiter(self.fd, self.direction, &self.waiter);
            });
        }
    }
}

/// Waits until a descriptor is ready; says false when `deadline` passed first. `has_waited` is for
/// who was woken by this and found nothing: it is the first to be woken next time.
///
/// # Errors
///
/// Fails if the descriptor cannot be polled, was closed meanwhile, or the caller unwinds.
#[inline(always)]
pub(crate) fn wait_ready(
    fd: RawFd,
    id: IoId,
    homes: &Homes,
    direction: Direction,
    deadline: Time,
    has_waited: bool,
) -> io::Result<bool> {
    let waiter = with(|hub| {
        hub.refuse_if_unwinding()?;
        hub.begin_wait_ready(fd, id, homes, direction, has_waited)
    })?;
    park_until_ready(waiter, fd, id, direction, deadline)
}

/// Like [`wait_ready`], until the descriptor is ready in either direction.
#[cfg(feature = "ssl")]
pub(crate) fn wait_ready_either(
    fd: RawFd,
    id: IoId,
    homes: &Homes,
    deadline: Time,
) -> io::Result<bool> {
    let waiter = with(|hub| {
        hub.refuse_if_unwinding()?;
        let waiter = hub.begin_wait_ready(fd, id, homes, Direction::Read, false)?;
        let mut poller = hub.poller.borrow_mut();
        poller.add_waiter(fd, Direction::Write, waiter.clone(), false);
        if homes.add(hub, Direction::Write) {
            poller.stir(fd, id.0, Direction::Write);
        }
        io::Result::Ok(waiter)
    })?;
    // Whichever half wakes it, the place in the other one is to be given up.
    let _writing = Waiting::new(fd, Direction::Write, waiter.clone());
    let _reading = Waiting::new(fd, Direction::Read, waiter.clone());
    let is_ready =
        park(waiter, "a descriptor to be readable or writable", deadline).ready_or_raise();
    with(|hub| hub.check_registered(fd, id))?;
    Ok(is_ready)
}

/// The wait itself, once the waiter is in its slot.
#[inline(always)]
fn park_until_ready(
    waiter: Waiter,
    fd: RawFd,
    id: IoId,
    direction: Direction,
    deadline: Time,
) -> io::Result<bool> {
    let mut waiting = Waiting::new(fd, direction, waiter.clone());
    let wake = park(waiter, what_for(direction), deadline);
    waiting.is_woken = matches!(wake, Wake::Ready);
    drop(waiting);
    let is_ready = wake.ready_or_raise();
    with(|hub| hub.check_registered(fd, id))?;
    Ok(is_ready)
}

/// Waits until `moment`, for lack of something better to wait for.
///
/// # Errors
///
/// Fails if the caller unwinds.
pub(crate) fn pause_until(moment: Time) -> io::Result<()> {
    if with(Hub::current_is_unwinding) {
        return Err(unwinding());
    }
    super::sleep_until(moment);
    Ok(())
}

pub(super) fn what_for(direction: Direction) -> &'static str {
    match direction {
        Direction::Read => "a descriptor to be readable",
        Direction::Write => "a descriptor to be writable",
    }
}

impl Hub {
    /// Counts an I/O call that is about to be tried, and lets everyone else run if there were many
    /// that did not wait. A stream has one peer and shares a pass of the run queue with the other
    /// streams; a listener, a socket for datagrams or a channel serves many peers and does not. Inside
    /// a generator of the user's own it only counts: what need not wait works there.
    #[inline]
    pub(crate) fn count_io_call(&self, is_stream: bool) {
        if self.is_one_too_many(is_stream) && coroutine::is_switchable() {
            self.count_anew();
            super::yield_now();
        }
    }

    /// The current fiber waits: the calls before that have kept nobody out.
    #[inline]
    pub(crate) fn count_from_here(&self) {
        self.n_io_calls.set(0);
    }

    /// Counts an I/O call, and says whether the others are to run before it.
    #[inline]
    pub(super) fn is_one_too_many(&self, is_stream: bool) -> bool {
        let n_calls = self.n_io_calls.get() + 1;
        self.n_io_calls.set(n_calls);
        n_calls > READY_CALLS_AT_LEAST && self.were_enough(n_calls - 1, is_stream)
    }

    fn were_enough(&self, n_calls: u32, is_stream: bool) -> bool {
        // A signal handler may have interrupted whoever has it.
        let n_runnable = self.queue.try_borrow().map_or(0, |queue| queue.len());
        n_calls >= READY_CALLS || is_stream && n_calls as usize * n_runnable >= READY_CALLS_PER_PASS
    }

    /// Begins to count with the next call, which is one too many, and brings the next look at the
    /// timers and the poller nearer: no fiber that is always ready would cause one.
    #[cold]
    pub(super) fn count_anew(&self) {
        let n_calls = self.n_io_calls.replace(1) - 1;
        self.turn.shorten(n_calls.into());
    }

    /// Makes the next call one too many: the last one has had news that it could not tell.
    #[cold]
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn count_again(&self) {
        self.n_io_calls.set(READY_CALLS);
    }

    /// Whether it is worth trying an operation; false only if it is known that it would block.
    #[inline]
    pub(crate) fn may_be_ready(&self, fd: RawFd, id: IoId, direction: Direction) -> bool {
        self.poller.borrow_mut().may_be_ready(fd, id.0, direction)
    }

    /// Whether a wait would be in vain: what it waits for has happened since the descriptor last said
    /// "would block".
    #[cfg(feature = "ssl")]
    pub(crate) fn is_known_ready(&self, fd: RawFd, id: IoId, direction: Direction) -> bool {
        let mut poller = self.poller.borrow_mut();
        poller.is_registered(fd, id.0) && poller.may_be_ready(fd, id.0, direction)
    }

    /// Notes that an operation would have blocked.
    #[inline]
    pub(crate) fn would_block(&self, fd: RawFd, id: IoId, direction: Direction) {
        self.poller.borrow_mut().not_ready(fd, id.0, direction);
    }

    /// Notes that a stream gave or took less than was asked for.
    #[inline]
    pub(crate) fn was_short(&self, fd: RawFd, id: IoId, direction: Direction) {
        self.poller.borrow_mut().was_short(fd, id.0, direction);
    }

    /// Whoever unwinds does not wait for I/O.
    pub(super) fn refuse_if_unwinding(&self) -> io::Result<()> {
        if self.current_is_unwinding() { Err(unwinding()) } else { Ok(()) }
    }

    /// Begins a wait for a descriptor, which is registered if it was not.
    pub(super) fn begin_wait_ready(
        &self,
        fd: RawFd,
        id: IoId,
        homes: &Homes,
        direction: Direction,
        has_waited: bool,
    ) -> io::Result<Waiter> {
        self.count_from_here();
        let waiter = self.begin_wait();
        let mut poller = self.poller.borrow_mut();
        let mut has_ended = false;
        if !poller.is_registered(fd, id.0) {
            poller.register(fd, id.0)?;
            has_ended = homes.add(self, direction);
        }
        poller.add_waiter(fd, direction, waiter.clone(), has_waited);
        if has_ended {
            // Perhaps just now, and this hub was not told.
            poller.stir(fd, id.0, direction);
        }
        Ok(waiter)
    }

    pub(super) fn check_registered(&self, fd: RawFd, id: IoId) -> io::Result<()> {
        let is_registered = self.poller.borrow_mut().is_registered(fd, id.0);
        if is_registered { Ok(()) } else { Err(closed_meanwhile()) }
    }

    /// Forgets a descriptor; see `Poller::deregister`.
    pub(super) fn forget(&self, fd: RawFd, id: IoId, explicitly: bool) {
        self.poller.borrow_mut().deregister(fd, id.0, explicitly);
    }

    /// Has whoever waits for a descriptor try again, and whoever comes next try at once.
    pub(crate) fn stir(&self, fd: RawFd, id: IoId, direction: Direction) {
        self.poller.borrow_mut().stir(fd, id.0, direction);
    }

    /// Waits until any descriptor is ready, and leaves no trace of it; says false when `timeout`
    /// passed first.
    ///
    /// What is registered is a duplicate: whoever else waits for the descriptor is not disturbed.
    pub(crate) fn trampoline(
        &self,
        fd: BorrowedFd<'_>,
        direction: Direction,
        timeout: Option<Duration>,
    ) -> io::Result<bool> {
        if poller::is_ready_now(&fd, direction)? {
            return Ok(true);
        }
        let deadline = timeout.map_or(Time::NEVER, |timeout| self.now().after(timeout));
        let guest = Guest::new(self, fd.try_clone_to_owned()?);
        let (fd, homes) = (guest.fd.as_raw_fd(), Homes::default());
        match wait_ready(fd, guest.id, &homes, direction, deadline, false) {
            // Regular files cannot be polled, and never block.
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => Ok(true),
            other => other,
        }
    }
}

/// Waits until a descriptor is readable that stands for the end of something, such as a process.
/// This is a join, so it waits even while the caller unwinds.
///
/// # Errors
///
/// Fails if the descriptor cannot be polled.
pub(crate) fn join_readable(fd: OwnedFd) -> io::Result<()> {
    let hub = super::current();
    let guest = Guest::new(&hub, fd);
    let (fd, read, homes) = (guest.fd.as_raw_fd(), Direction::Read, Homes::default());
    let waiter = hub.begin_wait_ready(fd, guest.id, &homes, read, false)?;
    park_until_ready(waiter, fd, guest.id, read, Time::NEVER).map(|_| ())
}

/// A descriptor of our own that is registered for the time of one wait.
pub(super) struct Guest<'a, F: AsRawFd> {
    hub: &'a Hub,
    pub(super) fd: F,
    pub(super) id: IoId,
}

impl<'a, F: AsRawFd> Guest<'a, F> {
    pub(super) fn new(hub: &'a Hub, fd: F) -> Self {
        Guest { hub, fd, id: IoId::new() }
    }
}

impl<F: AsRawFd> Drop for Guest<'_, F> {
    fn drop(&mut self) {
        self.hub.forget(self.fd.as_raw_fd(), self.id, true);
    }
}

#[cold]
fn closed_meanwhile() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotConnected,
        "the descriptor was closed, or its number was used again, while a green thread waited for it",
    )
}

#[cold]
fn unwinding() -> io::Error {
    io::Error::other("I/O that would wait was attempted while the green thread unwinds")
}
