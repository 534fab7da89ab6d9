//! What the duplicates of one descriptor share.

use std::io;
use std::os::fd::{AsFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::Source;
use crate::hub::{Direction, Homes, IoId};
use crate::oslock::{Mutex, MutexGuard};

/// Where the hubs find a descriptor: its number, and which of those that have had this number it is.
type Place = (RawFd, IoId);

/// What std keeps in the kernel's socket, and who else has it.
pub(super) struct Shared {
    /// The user wants to see "would block".
    nonblocking: AtomicBool,
    /// In nanoseconds; 0 for none.
    read_timeout: AtomicU64,
    write_timeout: AtomicU64,
    /// Someone has called `close`.
    closed: AtomicBool,
    /// One of the descriptors was given away, and may outlive all that are ours.
    lives_on: AtomicBool,
    /// The hubs that have met one of the descriptors, and how the socket was shut down.
    pub(super) homes: Homes,
    /// All descriptors, for who ends a wait on each of them; empty if there has only been one.
    duplicates: Mutex<Vec<Place>>,
}

impl Shared {
    pub(super) fn new(nonblocking: bool) -> Self {
        Shared {
            nonblocking: AtomicBool::new(nonblocking),
            read_timeout: AtomicU64::new(0),
            write_timeout: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            lives_on: AtomicBool::new(false),
            homes: Homes::default(),
            duplicates: Mutex::default(),
        }
    }

    fn duplicates(&self) -> MutexGuard<'_, Vec<Place>> {
        self.duplicates.lock()
    }

    /// All descriptors that there are, of which `one` is one.
    fn places(&self, one: Place) -> Vec<Place> {
        let duplicates = self.duplicates();
        if duplicates.is_empty() { vec![one] } else { duplicates.clone() }
    }

    /// Notes a descriptor that has been made of another one.
    pub(super) fn add_duplicate(&self, original: Place, duplicate: Place) {
        let mut duplicates = self.duplicates();
        if duplicates.is_empty() {
            duplicates.push(original);
        }
        duplicates.push(duplicate);
    }

    pub(super) fn remove_duplicate(&self, id: IoId) {
        self.duplicates().retain(|place| place.1 != id);
    }

    /// Notes that a descriptor is given away.
    pub(super) fn give_away(&self) {
        self.lives_on.store(true, Ordering::Relaxed);
    }

    /// Whether a descriptor was given away.
    pub(super) fn lives_on(&self) -> bool {
        self.lives_on.load(Ordering::Relaxed)
    }

    fn timeout(&self, direction: Direction) -> &AtomicU64 {
        match direction {
            Direction::Read => &self.read_timeout,
            Direction::Write => &self.write_timeout,
        }
    }
}

impl<S: AsFd> Source<S> {
    #[inline]
    pub(crate) fn is_nonblocking(&self) -> bool {
        self.shared().nonblocking.load(Ordering::Relaxed)
    }

    pub(crate) fn set_nonblocking(&self, nonblocking: bool) {
        self.shared().nonblocking.store(nonblocking, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn timeout(&self, direction: Direction) -> Option<Duration> {
        let nanos = self.shared().timeout(direction).load(Ordering::Relaxed);
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
        self.shared().timeout(direction).store(nanos, Ordering::Relaxed);
        Ok(())
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.shared().closed.load(Ordering::Acquire)
    }

    /// Says that the socket is closed, whatever the system makes of it.
    pub(super) fn set_closed(&self) {
        self.shared().closed.store(true, Ordering::Release);
    }

    /// Has whoever waits on the socket try again, in any hub and on any duplicate.
    pub(super) fn stir(&self, directions: &'static [Direction]) {
        let shared = self.shared();
        shared.homes.stir(shared.places(self.place()), directions);
    }
}
