//! All hubs of the process: for who watches them, and so that they hear of a descriptor that was
//! closed on another thread.

use std::collections::HashMap;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use super::inbox::{Address, Remote};
use super::io::IoId;
use super::poller::Direction;
use super::seat::Seat;
use super::{Hub, try_with};
use crate::oslock::{Mutex, MutexGuard};

type Hubs = HashMap<u64, Known>;

/// What everyone may know of a hub.
struct Known {
    remote: Weak<Remote>,
    seat: Arc<Seat>,
    /// How many questions it has been asked and has not answered.
    n_questions: Arc<AtomicUsize>,
}

static HUBS: Mutex<Option<Hubs>> = Mutex::new(None);

fn hubs() -> MutexGuard<'static, Option<Hubs>> {
    HUBS.lock()
}

pub(super) fn enter(hub: &Hub) {
    let known = Known {
        remote: Arc::downgrade(&hub.remote),
        seat: hub.remote.seat.clone(),
        n_questions: Arc::default(),
    };
    hubs().get_or_insert_default().insert(hub.id, known);
}

pub(super) fn leave(id: u64) {
    if let Some(hubs) = &mut *hubs() {
        hubs.remove(&id);
    }
}

/// The seats of all hubs.
pub(super) fn seats() -> Vec<Arc<Seat>> {
    hubs().iter().flat_map(HashMap::values).map(|known| known.seat.clone()).collect()
}

/// The ids of the hubs that are meant, with their addresses and the numbers of their open questions.
pub(super) fn addresses(is_meant: impl Fn(u64) -> bool) -> Vec<(u64, Address, Arc<AtomicUsize>)> {
    let address = |(&id, known): (&u64, &Known)| {
        let address = Address::upgrade(&known.remote)?;
        Some((id, address, known.n_questions.clone()))
    };
    let hubs = hubs();
    hubs.iter().flatten().filter(|(id, _)| is_meant(**id)).filter_map(address).collect()
}

/// In which hubs a socket, or a duplicate of it, may be registered, and which of its halves have been
/// shut down: a half is shut down either before a hub registers it, which sees that then, or
/// afterwards, and then the hub is told.
#[derive(Default)]
pub(crate) struct Homes {
    /// A bit for each half that was shut down, and above them 0 for no hub, `MANY`, or one more than
    /// the number of the hub.
    state: AtomicU64,
}

/// So many bits are for the halves.
const HALVES: u32 = 2;

/// More than one hub; which ones is not kept.
const MANY: u64 = u64::MAX >> HALVES;

fn half(direction: Direction) -> u64 {
    match direction {
        Direction::Read => 1,
        Direction::Write => 2,
    }
}

impl Homes {
    /// No hub at all.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) const fn new() -> Self {
        Homes { state: AtomicU64::new(0) }
    }

    /// Notes that a descriptor of the socket has been registered in this hub; says whether a half
    /// was shut down before.
    pub(super) fn add(&self, hub: &Hub, direction: Direction) -> bool {
        let this = hub.id + 1;
        let with_this = |state: u64| match state >> HALVES {
            home if home == this => None,
            0 => Some(state | this << HALVES),
            _ => Some(state | MANY << HALVES),
        };
        let before = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, with_this);
        before.unwrap_or_else(|same| same) & half(direction) != 0
    }

    /// Lets the hubs forget a descriptor, which is about to be closed or given away: this thread's
    /// at once, others when they next read their mail.
    pub(crate) fn forget(&self, fd: RawFd, id: IoId, explicitly: bool) {
        let state = self.state.load(Ordering::Relaxed);
        tell(state, move |hub| hub.forget(fd, id, explicitly));
    }

    /// Whether there is any.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    #[inline]
    pub(super) fn are_known(&self) -> bool {
        self.state.load(Ordering::Relaxed) != 0
    }

    /// Has all hubs in which it is registered forget a descriptor that only patched calls know, and
    /// forgets the hubs.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(super) fn forget_visited(&self, fd: RawFd) {
        let state = self.state.swap(0, Ordering::AcqRel);
        // By the time another hub reads its mail, it may know another descriptor of this number.
        let until = IoId::new();
        tell(state, move |hub| {
            // It is borrowed if the library itself closes something: then nobody waits for that.
            if let Ok(mut poller) = hub.poller.try_borrow_mut() {
                poller.forget_visited(fd, until);
            }
        });
    }

    /// Has whoever waits for these halves of these descriptors, in any hub, try again: they have
    /// just been shut down, which the system does not always tell.
    pub(crate) fn stir(&self, fds: Vec<(RawFd, IoId)>, halves: &'static [Direction]) {
        let bits = halves.iter().fold(0, |bits, &direction| bits | half(direction));
        let state = self.state.fetch_or(bits, Ordering::AcqRel);
        tell(state, move |hub| {
            for &(fd, id) in &fds {
                halves.iter().for_each(|&half| hub.stir(fd, id, half));
            }
        });
    }
}

/// Has the hubs do something about a descriptor: this thread's at once, others when they next read
/// their mail.
fn tell(state: u64, what: impl Fn(&Hub) + Clone + Send + 'static) {
    let home = state >> HALVES;
    if home == 0 {
        return;
    }
    let this = try_with(|hub| {
        what(hub);
        hub.id + 1
    });
    if this != Some(home) {
        tell_elsewhere(home, what);
    }
}

#[cold]
fn tell_elsewhere(home: u64, what: impl Fn(&Hub) + Clone + Send + 'static) {
    let hubs = hubs();
    let Some(hubs) = &*hubs else { return };
    let tell = |known: &Known| {
        if let Some(remote) = known.remote.upgrade() {
            remote.instruct(Box::new(what.clone()));
        }
    };
    match home {
        MANY => hubs.values().for_each(tell),
        home => hubs.get(&(home - 1)).into_iter().for_each(tell),
    }
}
