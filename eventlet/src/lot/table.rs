//! The table of lines, which all hubs and OS threads of the process share.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Place;
use crate::hub::RemoteWaiter;
use crate::oslock::{Mutex, MutexGuard};

/// Names a line: an address that its waiters and those who wake them have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key(usize);

/// A place in a line. Tickets grow, so that lines are in the order of arrival.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Spot {
    key: Key,
    ticket: u64,
}

struct Waiting {
    tag: u32,
    /// It was called, came too late, and is back in its place.
    is_back: bool,
    waiter: RemoteWaiter,
}

/// The lines of several keys. It has cache lines of its own, since unrelated threads use the others.
#[repr(align(128))]
struct Bucket {
    /// By key, then in the order of arrival.
    waiting: BTreeMap<Spot, Waiting>,
    /// Those who were taken out and given nothing: who were called and have not come yet, and who
    /// could not be woken, since their hub has ended.
    empty_handed: BTreeSet<Spot>,
    next_ticket: u64,
}

const BITS: u32 = 6;

static TABLE: [Mutex<Bucket>; 1 << BITS] = [const { Mutex::new(Bucket::new()) }; 1 << BITS];

impl Bucket {
    const fn new() -> Self {
        Bucket { waiting: BTreeMap::new(), empty_handed: BTreeSet::new(), next_ticket: 0 }
    }

    /// The end of a line.
    fn next_spot(&mut self, key: Key) -> Spot {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        Spot { key, ticket }
    }
}

impl Key {
    pub(super) fn new(address: usize) -> Self {
        Key(address)
    }

    /// Neighbours, such as the fields of one lock, come to different buckets.
    fn bucket(self) -> &'static Mutex<Bucket> {
        let mixed = (self.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        &TABLE[(mixed >> (u64::BITS - BITS)) as usize]
    }
}

/// Locks a line. Nothing else in the lot may be called while it is held: other lines may share its lock.
pub(crate) fn at(key: Key) -> Line {
    Line { key, bucket: key.bucket().lock() }
}

/// Leaves a line, and says whether the one at that spot had been woken, and so been given something.
pub(super) fn leave_line(spot: Spot) -> bool {
    let left = {
        let mut bucket = at(spot.key).bucket;
        bucket.waiting.remove(&spot).map_or_else(|| bucket.empty_handed.remove(&spot), |_| true)
    };
    !left
}

/// Those who wait at a key, and the lock that nobody joins or leaves them without.
pub(crate) struct Line {
    key: Key,
    bucket: MutexGuard<'static, Bucket>,
}

impl Line {
    /// Adds one, at the end or where it was before, if `may_wait`.
    pub(super) fn join(
        mut self,
        place: &Place,
        waiter: RemoteWaiter,
        may_wait: impl FnOnce() -> bool,
    ) -> Option<Spot> {
        if !may_wait() {
            return None;
        }
        let spot = place.back_at.unwrap_or_else(|| self.bucket.next_spot(self.key));
        let waiting = Waiting { tag: place.tag, is_back: place.back_at.is_some(), waiter };
        self.bucket.waiting.insert(spot, waiting);
        Some(spot)
    }

    /// The tag of the one that has waited longest.
    pub(crate) fn first(&self) -> Option<u32> {
        self.first_spot().map(|(_, waiting)| waiting.tag)
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.first_spot().is_none()
    }

    /// Takes the one out that has waited longest and can be woken, and wakes it. Says false if there
    /// is none.
    pub(crate) fn wake_first(&mut self) -> bool {
        while !self.is_empty() {
            if self.try_wake_first() {
                return true;
            }
        }
        false
    }

    /// Takes the one out that has waited longest, and wakes it. Says false if it cannot be woken,
    /// since its hub has ended, and if there is none.
    pub(crate) fn try_wake_first(&mut self) -> bool {
        self.take_first(false)
    }

    /// Whether the one that has waited longest may be called: it belongs to another OS thread, and has
    /// not been called in vain before.
    pub(crate) fn may_call_first(&self) -> bool {
        self.first_spot().is_some_and(|(_, first)| !first.is_back && !first.waiter.is_here())
    }

    /// Like [`try_wake_first`](Line::try_wake_first), but gives nothing: the one comes and looks.
    pub(crate) fn call_first(&mut self) -> bool {
        self.take_first(true)
    }

    fn take_first(&mut self, is_called: bool) -> bool {
        self.first_spot().map(|(&spot, _)| spot).is_some_and(|spot| self.take(spot, is_called))
    }

    /// Wakes up to `n` of those whose tags have one of the bits of `mask`, the one that has waited
    /// longest first. Says how many were woken.
    #[cfg(all(feature = "monkey-patch", target_os = "linux"))]
    pub(crate) fn wake_up_to(&mut self, n: usize, mask: u32) -> usize {
        let mut n_woken = 0;
        let mut next = self.spots().start;
        while n_woken < n {
            let Some((&spot, waiting)) = self.bucket.waiting.range(next..self.spots().end).next()
            else {
                break;
            };
            if waiting.tag & mask != 0 && self.take(spot, false) {
                n_woken += 1;
            }
            next = Spot { ticket: spot.ticket + 1, ..spot };
        }
        n_woken
    }

    /// Takes one out, and wakes it. Says false if it cannot be woken, since its hub has ended.
    fn take(&mut self, spot: Spot, is_called: bool) -> bool {
        let Some(waiting) = self.bucket.waiting.remove(&spot) else { return false };
        let is_woken = waiting.waiter.try_wake();
        if is_called || !is_woken {
            self.bucket.empty_handed.insert(spot);
        }
        is_woken
    }

    fn first_spot(&self) -> Option<(&Spot, &Waiting)> {
        self.bucket.waiting.range(self.spots()).next()
    }

    /// All spots that there may be in this line.
    fn spots(&self) -> Range<Spot> {
        let [start, end] = [0, u64::MAX].map(|ticket| Spot { key: self.key, ticket });
        start..end
    }
}
