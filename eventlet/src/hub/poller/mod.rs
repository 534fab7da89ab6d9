//! The poller: which descriptors are registered, which are ready, and who waits for them.
//!
//! ```text
//!   fd ──► Slot { owner, ready bits, readers, writers }
//!             │
//!             └─ registered once, edge-triggered, for both directions, until it is closed
//! ```
//!
//! Every socket has an id that is never used again, and a slot belongs to the id that registered
//! it. An fd number that is used again, a socket that has moved to another thread, or one that was
//! closed on another thread therefore never meets the readiness or the waiters of another socket:
//! the ids differ, and "not registered here" is always a safe answer.

#[cfg(target_os = "linux")]
mod epoll;
mod fork;
mod group;
#[cfg(not(target_os = "linux"))]
mod portable;
mod waiters;

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Interest, Poll, Token, Waker};

#[cfg(target_os = "linux")]
use epoll::Events;
#[cfg(not(target_os = "linux"))]
use portable::Events;

use super::as_library;
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
use super::io::IoId;
use super::view::DescriptorView;
use super::waiter::Waiter;
pub(crate) use fork::n_forks;
pub(super) use group::Group;
use waiters::Waiters;

/// The token of the hub's own waker. No descriptor has it.
const WAKER: Token = Token(usize::MAX);

/// Which of the two halves of a descriptor.
///
/// # Examples
///
/// ```
/// use std::os::unix::net::UnixStream;
/// use eventlet::hubs::{Direction, trampoline};
///
/// let (stream, _peer) = UnixStream::pair()?;
/// trampoline(&stream, Direction::Write, None)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// What can be read, or accepted.
    Read,
    /// What can be written, or has been connected.
    Write,
}

/// What the system has said about a descriptor.
#[derive(Clone, Copy, Default)]
pub(super) struct Readiness {
    pub(super) read: bool,
    pub(super) write: bool,
    /// The peer has closed its side, there is an error, or urgent data lies in the stream: then a
    /// short read does not mean that nothing is left.
    pub(super) hang_up: bool,
}

/// What is known about one fd number.
#[derive(Default)]
struct Slot {
    /// The id of the socket that registered the descriptor; 0 if none has.
    owner: u64,
    ready: Readiness,
    readers: Waiters,
    writers: Waiters,
}

impl Slot {
    fn waiters(&mut self, direction: Direction) -> &mut Waiters {
        match direction {
            Direction::Read => &mut self.readers,
            Direction::Write => &mut self.writers,
        }
    }

    fn bit(&mut self, direction: Direction) -> &mut bool {
        match direction {
            Direction::Read => &mut self.ready.read,
            Direction::Write => &mut self.ready.write,
        }
    }

    /// Lets everyone try who waits, and whoever comes next. Returns how many waited.
    #[inline]
    fn make_ready(&mut self, direction: Direction) -> usize {
        *self.bit(direction) = true;
        self.waiters(direction).wake_all()
    }
}

/// Both directions, and, where the system has it, word of urgent data: reads stop short of that.
fn interests() -> Interest {
    let both = Interest::READABLE | Interest::WRITABLE;
    #[cfg(target_os = "linux")]
    let both = both | Interest::PRIORITY;
    both
}

pub(super) struct Poller {
    poll: Poll,
    events: Events,
    slots: Vec<Slot>,
    /// How many waiters all slots have together.
    n_waiters: usize,
    /// How many slots have an owner.
    n_registered: usize,
    /// A forked child must not touch the parent's poller.
    generation: fork::Generation,
}

/// Descriptor and owner in one number, so that an event of an earlier owner is recognised. Where
/// `usize` has 32 bits only the descriptor is left, and a stale event is a spurious wake-up.
fn token(fd: RawFd, owner: u64) -> Token {
    Token((owner << 32 | fd as u64) as usize)
}

impl Poller {
    pub(super) fn new() -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let poller = Poller {
            poll,
            events: Events::new(),
            slots: Vec::new(),
            n_waiters: 0,
            n_registered: 0,
            generation: fork::Generation::current(),
        };
        Ok((poller, waker))
    }

    pub(super) fn n_waiters(&self) -> usize {
        self.n_waiters
    }

    pub(super) fn n_registered(&self) -> usize {
        self.n_registered
    }

    /// The registered descriptors, in order.
    pub(super) fn views(&self) -> impl Iterator<Item = DescriptorView> {
        let registered = self.slots.iter().enumerate().filter(|(_, slot)| slot.owner != 0);
        registered.map(|(fd, slot)| DescriptorView {
            fd: fd as RawFd,
            may_read: slot.ready.read,
            may_write: slot.ready.write,
            hung_up: slot.ready.hang_up,
            readers: slot.readers.ids().collect(),
            writers: slot.writers.ids().collect(),
        })
    }

    fn owned(&mut self, fd: RawFd, owner: u64) -> Option<&mut Slot> {
        self.slots.get_mut(fd as usize).filter(|slot| slot.owner == owner)
    }

    /// Whether it is worth trying: only a registered descriptor is known not to be ready.
    #[inline]
    pub(super) fn may_be_ready(&mut self, fd: RawFd, owner: u64, direction: Direction) -> bool {
        self.owned(fd, owner).is_none_or(|slot| *slot.bit(direction))
    }

    pub(super) fn is_registered(&mut self, fd: RawFd, owner: u64) -> bool {
        self.owned(fd, owner).is_some()
    }

    /// The descriptor has just answered "would block".
    pub(super) fn not_ready(&mut self, fd: RawFd, owner: u64, direction: Direction) {
        if let Some(slot) = self.owned(fd, owner) {
            *slot.bit(direction) = false;
        }
    }

    /// Less was read or written than asked for, so the next try would block, unless the peer has
    /// hung up: then the end of the stream is still to be read.
    #[inline]
    pub(super) fn was_short(&mut self, fd: RawFd, owner: u64, direction: Direction) {
        if let Some(slot) = self.owned(fd, owner)
            && !slot.ready.hang_up
        {
            *slot.bit(direction) = false;
        }
    }

    /// Something has happened to the descriptor of which the system says nothing.
    pub(super) fn stir(&mut self, fd: RawFd, owner: u64, direction: Direction) {
        if let Some(slot) = self.owned(fd, owner) {
            let n_woken = slot.make_ready(direction);
            self.n_waiters -= n_woken;
        }
    }

    /// Registers a descriptor for both directions. If it is ready by now, the next poll says so.
    pub(super) fn register(&mut self, fd: RawFd, owner: u64) -> io::Result<()> {
        self.generation.check()?;
        let index = usize::try_from(fd).map_err(|_| io::Error::from_raw_os_error(libc::EBADF))?;
        if index >= self.slots.len() {
            self.slots.resize_with((index + 1).next_power_of_two(), Slot::default);
        }
        self.evict(index);
        let registry = self.poll.registry();
        let both = interests();
        let mut source = SourceFd(&fd);
        match registry.register(&mut source, token(fd, owner), both) {
            // Left over from an owner that gave the descriptor away without closing it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                registry.reregister(&mut source, token(fd, owner), both)?;
            }
            other => other?,
        }
        self.slots[index].owner = owner;
        self.n_registered += 1;
        Ok(())
    }

    /// Makes sure that a descriptor is registered whose number may have been used again unseen. Says for
    /// whom, which is made by `new_owner` if need be; not if it is registered for a green socket.
    ///
    /// If it `looks`, the next poll says what is ready by now; otherwise only what becomes ready, unless
    /// the descriptor is new.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn register_visited(
        &mut self,
        fd: RawFd,
        new_owner: fn() -> IoId,
        looks: bool,
    ) -> io::Result<Option<IoId>> {
        let owner = IoId(self.slots.get(fd as usize).map_or(0, |slot| slot.owner));
        if owner.is_visited() {
            if !looks || self.reregister(fd, owner)? {
                return Ok(Some(owner));
            }
        } else if owner.0 != 0 {
            return Ok(None);
        }
        let owner = new_owner();
        self.register(fd, owner.0)?;
        Ok(Some(owner))
    }

    /// Registers a descriptor anew, so that the next poll says what is ready by now; says whether it
    /// was registered at all.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    fn reregister(&mut self, fd: RawFd, owner: IoId) -> io::Result<bool> {
        self.generation.check()?;
        let (mut source, token) = (SourceFd(&fd), token(fd, owner.0));
        match self.poll.registry().reregister(&mut source, token, interests()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// Ends the ownership of a slot. Whoever still waits there is woken, finds the slot not its
    /// own any more, and reports an error.
    fn evict(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        if slot.owner == 0 {
            return;
        }
        slot.owner = 0;
        slot.ready = Readiness::default();
        self.n_registered -= 1;
        let n_woken = slot.readers.wake_all() + slot.writers.wake_all();
        self.n_waiters -= n_woken;
    }

    /// Forgets a descriptor that only patched calls know and that is about to be closed, or has been;
    /// not one that was registered after `until`.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn forget_visited(&mut self, fd: RawFd, until: IoId) {
        let owner = IoId(self.slots.get(fd as usize).map_or(0, |slot| slot.owner));
        if owner.is_visited() && owner.is_older_than(until) {
            self.evict(fd as usize);
        }
    }

    /// Forgets a descriptor that is about to be closed or given away.
    ///
    /// Closing the last descriptor of a socket takes it out of the system's poller by itself;
    /// `explicitly` is for all other cases.
    pub(super) fn deregister(&mut self, fd: RawFd, owner: u64, explicitly: bool) {
        if self.owned(fd, owner).is_none() {
            return;
        }
        self.evict(fd as usize);
        if explicitly && self.generation.check().is_ok() {
            // It may be gone already; then there is nothing to take out.
            let _ = self.poll.registry().deregister(&mut SourceFd(&fd));
        }
    }

    /// Lets a fiber wait; one that `has_waited` was woken before and found nothing.
    pub(super) fn add_waiter(
        &mut self,
        fd: RawFd,
        direction: Direction,
        waiter: Waiter,
        has_waited: bool,
    ) {
        self.slots[fd as usize].waiters(direction).push(waiter, has_waited);
        self.n_waiters += 1;
    }

    /// Takes out a waiter whose wait has ended in another way; it may be gone already.
    pub(super) fn remove_waiter(&mut self, fd: RawFd, direction: Direction, waiter: &Waiter) {
        if let Some(slot) = self.slots.get_mut(fd as usize)
            && slot.waiters(direction).remove(waiter)
        {
            self.n_waiters -= 1;
        }
    }

    /// Waits for events, at most `timeout` (`None`: without limit), and wakes whom they concern.
    ///
    /// Everything is marked ready before anything runs: a wake only queues.
    pub(super) fn poll(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.generation.check()?;
        self.events.wait(&mut self.poll, timeout)?;
        for index in 0..self.events.len() {
            let (token, readiness) = self.events.get(index);
            self.dispatch(token, readiness);
        }
        Ok(())
    }

    #[inline]
    fn dispatch(&mut self, event: Token, readiness: Readiness) {
        let fd = event.0 & u32::MAX as usize;
        let Some(slot) = self.slots.get_mut(fd) else { return };
        if slot.owner == 0 || token(fd as RawFd, slot.owner) != event {
            return;
        }
        slot.ready.hang_up |= readiness.hang_up;
        if readiness.read {
            self.n_waiters -= slot.make_ready(Direction::Read);
        }
        if readiness.write {
            self.n_waiters -= slot.make_ready(Direction::Write);
        }
    }
}

/// Whether a descriptor is ready at this moment, whoever it belongs to.
pub(super) fn is_ready_now(fd: &impl AsRawFd, direction: Direction) -> io::Result<bool> {
    let events = match direction {
        Direction::Read => libc::POLLIN,
        Direction::Write => libc::POLLOUT,
    };
    let mut requests = [libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 }];
    let n_ready = poll_now(&mut requests)?;
    if requests[0].revents & libc::POLLNVAL != 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    Ok(n_ready > 0)
}

/// Asks the system what is ready at this moment; says of how many there is something to say.
pub(crate) fn poll_now(requests: &mut [libc::pollfd]) -> io::Result<usize> {
    loop {
        let n_requests = requests.len() as libc::nfds_t;
        let n_ready = as_library(|| {
            // SAFETY: there are as many valid entries as the call is told; it does not wait.
            unsafe { libc::poll(requests.as_mut_ptr(), n_requests, 0) }
        });
        if let Ok(n_ready) = usize::try_from(n_ready) {
            return Ok(n_ready);
        }
        let error = io::Error::last_os_error();
        // A signal is an answer even to who does not wait.
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}
