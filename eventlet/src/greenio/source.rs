//! A descriptor that parks instead of blocking.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::shutdown::shut_down;
use crate::hub::{self, Direction, Homes, IoId, Time};

/// Whether a short read or write means that the next one would block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Bytes without boundaries: less than asked for means that nothing is left.
    Stream,
    /// Bytes, and here and there a descriptor that the peer has sent along: a read stops behind it.
    UnixStream,
    /// Connections or messages: the size of one says nothing about the next.
    Messages,
}

impl Kind {
    fn is_stream(self) -> bool {
        self != Kind::Messages
    }

    /// Whether moving less than was asked for means that nothing more can be moved.
    fn is_done_when_short(self, direction: Direction) -> bool {
        match self {
            Kind::Stream => true,
            Kind::UnixStream => direction == Direction::Write,
            Kind::Messages => false,
        }
    }
}

/// A non-blocking descriptor of std's type `S`, with the waiting that std leaves to the kernel.
///
/// Underneath the descriptor is always non-blocking; whether it *looks* blocking is our own flag.
/// It can be shared between threads: every hub that meets it registers it for itself.
pub(crate) struct Source<S: AsFd> {
    /// Taken out by hand in `into_inner` and `drop`, after the hub has forgotten the descriptor.
    io: ManuallyDrop<S>,
    /// This descriptor's own identity: a duplicate has another one.
    id: IoId,
    /// The hubs that have met it.
    homes: Homes,
    kind: Kind,
    /// What std keeps in the kernel's socket, and duplicates share.
    shared: Arc<Shared>,
}

/// The settings of a socket, shared by all its duplicates.
struct Shared {
    /// The user wants to see "would block".
    nonblocking: AtomicBool,
    /// In nanoseconds; 0 for none.
    read_timeout: AtomicU64,
    write_timeout: AtomicU64,
    /// Someone has called `close`.
    closed: AtomicBool,
}

impl<S: AsFd> Source<S> {
    /// Takes over a descriptor that is non-blocking already; `nonblocking` is how it looks.
    pub(crate) fn new(io: S, kind: Kind, nonblocking: bool) -> Self {
        let shared = Shared {
            nonblocking: AtomicBool::new(nonblocking),
            read_timeout: AtomicU64::new(0),
            write_timeout: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        };
        Source {
            io: ManuallyDrop::new(io),
            id: IoId::new(),
            homes: Homes::default(),
            kind,
            shared: Arc::new(shared),
        }
    }

    /// Takes over a duplicate of this source's descriptor.
    pub(crate) fn duplicate(&self, io: S) -> Self {
        Source {
            io: ManuallyDrop::new(io),
            id: IoId::new(),
            homes: Homes::default(),
            kind: self.kind,
            shared: self.shared.clone(),
        }
    }

    pub(crate) fn get(&self) -> &S {
        &self.io
    }

    fn fd(&self) -> RawFd {
        self.io.as_fd().as_raw_fd()
    }

    /// Gives the descriptor back, still non-blocking.
    pub(crate) fn into_inner(self) -> S {
        let this = ManuallyDrop::new(self);
        this.homes.forget(this.fd(), this.id, true);
        // SAFETY: `this` is never dropped, so each field is moved out exactly once.
        unsafe {
            drop(ptr::read(&raw const this.shared));
            ManuallyDrop::into_inner(ptr::read(&raw const this.io))
        }
    }

    pub(crate) fn is_nonblocking(&self) -> bool {
        self.shared.nonblocking.load(Ordering::Relaxed)
    }

    pub(crate) fn set_nonblocking(&self, nonblocking: bool) {
        self.shared.nonblocking.store(nonblocking, Ordering::Relaxed);
    }

    fn timeout_cell(&self, direction: Direction) -> &AtomicU64 {
        match direction {
            Direction::Read => &self.shared.read_timeout,
            Direction::Write => &self.shared.write_timeout,
        }
    }

    pub(crate) fn timeout(&self, direction: Direction) -> Option<Duration> {
        let nanos = self.timeout_cell(direction).load(Ordering::Relaxed);
        (nanos != 0).then(|| Duration::from_nanos(nanos))
    }

    /// Sets how long one call may wait, with std's rules: zero is an error.
    pub(crate) fn set_timeout(
        &self,
        direction: Direction,
        timeout: Option<Duration>,
    ) -> io::Result<()> {
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "cannot set a 0 duration timeout",
            ));
        }
        let nanos = timeout.map_or(0, |limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
        self.timeout_cell(direction).store(nanos, Ordering::Relaxed);
        Ok(())
    }

    /// Closes the socket and all its duplicates, short of giving the descriptors back: every call
    /// fails from now on, and whoever waits in one, in any thread, wakes.
    pub(crate) fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        shut_down(self.io.as_fd());
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// Whether a duplicate that [`duplicate`](Source::duplicate) took over still exists.
    pub(crate) fn has_duplicates(&self) -> bool {
        Arc::strong_count(&self.shared) > 1
    }

    /// Fails if the socket has been closed by [`close`](Source::close).
    pub(crate) fn check_open(&self) -> io::Result<()> {
        if self.is_closed() { Err(closed()) } else { Ok(()) }
    }

    /// Does one operation, waiting as long as it would block. Someone who never has to wait gives
    /// way to the others every so often, unless the socket is the user's to poll.
    ///
    /// # Errors
    ///
    /// Fails as `operation` does; with "would block" if the user has made the socket non-blocking
    /// or its timeout has passed, as std does; and if the socket was closed meanwhile.
    #[inline(always)]
    pub(crate) fn wait_for<R>(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&S) -> io::Result<R>,
    ) -> io::Result<R> {
        let fd = self.fd();
        let nonblocking = self.is_nonblocking();
        let mut deadline = None;
        if !nonblocking {
            hub::with(|hub| hub.count_io_call(self.kind.is_stream()));
        }
        loop {
            self.check_open()?;
            if nonblocking || hub::with(|hub| hub.may_be_ready(fd, self.id, direction)) {
                match operation(&self.io) {
                    Err(error) if would_block(&error) => {
                        hub::with(|hub| hub.would_block(fd, self.id, direction));
                        if nonblocking {
                            return Err(error);
                        }
                    }
                    // What fails because of a `close` meanwhile says so.
                    Err(error) => return self.check_open().and(Err(error)),
                    done => return done,
                }
            }
            let has_waited = deadline.is_some();
            let deadline = *deadline.get_or_insert_with(|| self.deadline(direction));
            if !hub::wait_ready(fd, self.id, &self.homes, direction, deadline, has_waited)? {
                return Err(io::Error::from_raw_os_error(libc::EAGAIN));
            }
        }
    }

    /// Like [`wait_for`](Source::wait_for), for an operation that moves up to `wanted` bytes: a
    /// stream that moves fewer has nothing left for the moment. On a stream, moving nothing does
    /// not wait; on Linux, std's sockets wait there for something that they do not take.
    #[inline(always)]
    pub(crate) fn transfer(
        &self,
        direction: Direction,
        wanted: usize,
        mut operation: impl FnMut(&S) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if wanted == 0 && self.kind.is_stream() {
            self.check_open()?;
            return match operation(&self.io) {
                Err(error) if would_block(&error) && !self.is_nonblocking() => Ok(0),
                other => other,
            };
        }
        let moved = self.wait_for(direction, operation)?;
        if moved == 0 {
            // It may be the end that a `close` meanwhile has made.
            self.check_open()?;
        }
        if moved < wanted && self.kind.is_done_when_short(direction) {
            hub::with(|hub| hub.was_short(self.fd(), self.id, direction));
        }
        Ok(moved)
    }

    /// Waits until the descriptor is ready; says false when `deadline` passed first.
    pub(crate) fn wait_ready(&self, direction: Direction, deadline: Time) -> io::Result<bool> {
        let ready = hub::wait_ready(self.fd(), self.id, &self.homes, direction, deadline, false)?;
        self.check_open()?;
        Ok(ready)
    }

    pub(super) fn deadline(&self, direction: Direction) -> Time {
        let timeout = self.timeout(direction);
        timeout.map_or(Time::NEVER, |timeout| hub::with(hub::Hub::now).after(timeout))
    }
}

impl<S: AsFd> Drop for Source<S> {
    fn drop(&mut self) {
        // With duplicates about, closing this one does not take it out of the system's poller.
        self.homes.forget(self.fd(), self.id, self.has_duplicates());
        // SAFETY: the field is not used again.
        unsafe { ManuallyDrop::drop(&mut self.io) }
    }
}

pub(super) fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

#[cold]
fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the socket was closed by a call of its `close`")
}
