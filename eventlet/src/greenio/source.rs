//! A descriptor that parks instead of blocking.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use crate::hub::{self, Direction, Hub, IoId, Time};

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
    pub(super) fn is_done_when_short(self, direction: Direction) -> bool {
        match self {
            Kind::Stream => true,
            Kind::UnixStream => direction == Direction::Write,
            Kind::Messages => false,
        }
    }

    /// How long to wait before one tries again without having been told that it is worth it. Linux
    /// wakes who is blocked in writing to a Unix socket when the peer shuts down reading, but its
    /// poller says nothing then.
    pub(super) fn patience(self, direction: Direction) -> Option<Duration> {
        let is_untold = self == Kind::UnixStream && direction == Direction::Write;
        is_untold.then_some(Duration::from_millis(500))
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
    pub(super) kind: Kind,
    /// What std keeps in the kernel's socket, and duplicates share.
    shared: Arc<Shared>,
}

impl<S: AsFd> Source<S> {
    /// Takes over a descriptor that is non-blocking already; `nonblocking` is how it looks.
    pub(crate) fn new(io: S, kind: Kind, nonblocking: bool) -> Self {
        let shared = Arc::new(Shared::new(nonblocking));
        Source { io: ManuallyDrop::new(io), id: IoId::new(), kind, shared }
    }

    /// Takes over a duplicate of this source's descriptor.
    pub(crate) fn duplicate(&self, io: S) -> Self {
        let (kind, shared) = (self.kind, self.shared.clone());
        let duplicate = Source { io: ManuallyDrop::new(io), id: IoId::new(), kind, shared };
        self.shared.add_duplicate(self.place(), duplicate.place());
        duplicate
    }

    pub(crate) fn get(&self) -> &S {
        &self.io
    }

    fn fd(&self) -> RawFd {
        self.io.as_fd().as_raw_fd()
    }

    /// Where the hubs find it.
    pub(super) fn place(&self) -> (RawFd, IoId) {
        (self.fd(), self.id)
    }

    /// Gives the descriptor back, still non-blocking.
    pub(crate) fn into_inner(self) -> S {
        let this = ManuallyDrop::new(self);
        this.shared.give_away();
        this.leave(true);
        // SAFETY: `this` is never dropped, so each field is moved out exactly once.
        unsafe {
            drop(ptr::read(&raw const this.shared));
            ManuallyDrop::into_inner(ptr::read(&raw const this.io))
        }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether a duplicate that [`duplicate`](Source::duplicate) took over still exists.
    pub(crate) fn has_duplicates(&self) -> bool {
        Arc::strong_count(&self.shared) > 1
    }

    /// Has the hubs forget the descriptor. If it is not closed, or there are others of the same
    /// socket, the system's poller does not forget it by itself, but only `explicitly`.
    fn leave(&self, explicitly: bool) {
        if self.has_duplicates() {
            self.shared.remove_duplicate(self.id);
        }
        self.shared.homes.forget(self.fd(), self.id, explicitly);
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
        operation: impl FnMut(&S) -> io::Result<R>,
    ) -> io::Result<R> {
        self.wait_for_until(direction, || self.deadline(direction), operation)
    }

    /// The same, by a deadline that is asked for only when it is to wait.
    #[inline(always)]
    fn wait_for_until<R>(
        &self,
        direction: Direction,
        by: impl Fn() -> Time,
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
                match hub::as_library(|| operation(&self.io)) {
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
            let deadline = *deadline.get_or_insert_with(&by);
            let until = match self.kind.patience(direction) {
                None => deadline,
                Some(patience) => deadline.min(hub::with(Hub::now).after(patience)),
            };
            if !hub::wait_ready(fd, self.id, &self.shared.homes, direction, until, has_waited)? {
                if until == deadline {
                    return Err(io::Error::from_raw_os_error(libc::EAGAIN));
                }
                hub::with(|hub| hub.stir(fd, self.id, direction));
            }
        }
    }

    /// Does one operation that does not wait, as the descriptor never does. Nobody else who has the
    /// socket is concerned, as by making it non-blocking.
    #[cfg(feature = "http")]
    pub(crate) fn at_once<R>(&self, operation: impl FnOnce(&S) -> io::Result<R>) -> io::Result<R> {
        self.check_open()?;
        hub::as_library(|| operation(&self.io))
    }

    /// Like [`wait_for`](Source::wait_for), for an operation that moves up to `wanted` bytes: a
    /// stream that moves fewer has nothing left for the moment. Moving nothing is tried whatever is
    /// known: whether it waits depends on the call and on what kind of descriptor it is.
    #[inline(always)]
    pub(crate) fn transfer(
        &self,
        direction: Direction,
        wanted: usize,
        operation: impl FnMut(&S) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.transfer_until(direction, wanted, || self.deadline(direction), operation)
    }

    /// The same, by a deadline instead of the socket's timeout.
    #[inline(always)]
    pub(crate) fn transfer_until(
        &self,
        direction: Direction,
        wanted: usize,
        by: impl Fn() -> Time,
        mut operation: impl FnMut(&S) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if wanted == 0 {
            self.check_open()?;
            match hub::as_library(|| operation(&self.io)) {
                Err(error) if would_block(&error) && !self.is_nonblocking() => {}
                other => return other,
            }
        }
        let moved = self.wait_for_until(direction, by, operation)?;
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
        let (fd, homes) = (self.fd(), &self.shared.homes);
        let ready = hub::wait_ready(fd, self.id, homes, direction, deadline, false)?;
        self.check_open()?;
        Ok(ready)
    }

    pub(super) fn deadline(&self, direction: Direction) -> Time {
        let timeout = self.timeout(direction);
        timeout.map_or(Time::NEVER, |timeout| hub::with(Hub::now).after(timeout))
    }
}

impl<S: AsFd> Drop for Source<S> {
    fn drop(&mut self) {
        self.leave(self.has_duplicates() || self.shared.lives_on());
        // SAFETY: the field is not used again.
        unsafe { ManuallyDrop::drop(&mut self.io) }
    }
}

pub(super) fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}
