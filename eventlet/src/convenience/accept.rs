//! What to do when `accept` fails, and the limit on connections.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use crate::hub::{self, Hub, Time, Waiter};

/// What an error of `accept` says about the listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AcceptError {
    /// One connection went wrong before it was accepted; the next may be fine.
    OneConnection,
    /// Descriptors or memory have run out; it may get better when connections end.
    Exhausted,
    /// Someone has closed the listener.
    Closed,
    /// The listener cannot accept any more.
    Fatal,
}

impl AcceptError {
    pub(crate) fn classify(error: &io::Error) -> Self {
        // Linux reports errors of the connection that was about to be accepted through `accept`.
        const OF_THE_CONNECTION: [libc::c_int; 9] = [
            libc::ECONNABORTED,
            libc::ECONNRESET,
            libc::EPROTO,
            libc::ENOPROTOOPT,
            libc::ENETDOWN,
            libc::ENETUNREACH,
            libc::EHOSTDOWN,
            libc::EHOSTUNREACH,
            libc::EINTR,
        ];
        const EXHAUSTED: [libc::c_int; 4] =
            [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
        match error.raw_os_error() {
            Some(code) if OF_THE_CONNECTION.contains(&code) => AcceptError::OneConnection,
            Some(code) if EXHAUSTED.contains(&code) => AcceptError::Exhausted,
            None if error.kind() == io::ErrorKind::NotConnected => AcceptError::Closed,
            None if error.kind() == io::ErrorKind::OutOfMemory => AcceptError::Exhausted,
            _ => AcceptError::Fatal,
        }
    }
}

/// Accepts one connection after another, until the listener is closed, or fails for good. What concerns
/// only one connection is passed over, and while descriptors or memory are short there are pauses.
pub(crate) fn accept_all(mut accept_one: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let mut backoff = Backoff::new();
    loop {
        let Err(error) = accept_one() else {
            backoff.reset();
            continue;
        };
        match AcceptError::classify(&error) {
            AcceptError::OneConnection => {}
            AcceptError::Exhausted => backoff.pause(&error),
            AcceptError::Closed => return Ok(()),
            AcceptError::Fatal => return Err(error),
        }
    }
}

/// Growing pauses while descriptors or memory are short.
struct Backoff {
    pause: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(5);
    const LONGEST: Duration = Duration::from_secs(1);

    fn new() -> Self {
        Backoff { pause: Self::FIRST }
    }

    /// Pauses; says what is wrong the first time in a row.
    fn pause(&mut self, error: &io::Error) {
        if self.pause == Self::FIRST {
            notice!("eventlet: serve pauses accepting: {error}");
        }
        crate::sleep(self.pause);
        self.pause = (self.pause * 2).min(Self::LONGEST);
    }

    /// Things are well again.
    fn reset(&mut self) {
        self.pause = Self::FIRST;
    }
}

/// How many more connections may be handled at once.
pub(crate) struct Places {
    n_free: Cell<usize>,
    /// The accept loop, when it waits for a place.
    waiter: Cell<Option<Waiter>>,
}

impl Places {
    pub(crate) fn new(n_free: usize) -> Rc<Self> {
        Rc::new(Places { n_free: Cell::new(n_free), waiter: Cell::new(None) })
    }

    /// Takes a place, if there is one.
    pub(crate) fn try_take(self: &Rc<Self>) -> Option<Place> {
        self.n_free.set(self.n_free.get().checked_sub(1)?);
        Some(Place { places: self.clone() })
    }

    /// Takes a place, waiting until there is one. Only the accept loop calls this.
    pub(crate) fn take(self: &Rc<Self>) -> Place {
        loop {
            if let Some(place) = self.try_take() {
                return place;
            }
            let waiter = hub::with(Hub::begin_wait);
            self.waiter.set(Some(waiter.clone()));
            hub::park(waiter, "a place for another connection", Time::NEVER).ready_or_raise();
        }
    }
}

/// A connection's place; free again when dropped, even if its handler was killed before it began.
pub(crate) struct Place {
    places: Rc<Places>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.n_free.set(self.places.n_free.get() + 1);
        if let Some(waiter) = self.places.waiter.take() {
            waiter.wake();
        }
    }
}
