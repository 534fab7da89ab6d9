//! Semaphores and locks: never more holders than permits, and every permit back at the end.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use eventlet::lock::{Lock, RLock};
use eventlet::semaphore::Permit;
use eventlet::{CappedSemaphore, Semaphore, sleep};
use eventlet_tests::OnDrop;

use super::soak::{Soak, Subject};

const PERMITS: usize = 3;
const CAPPED: (usize, usize) = (2, 5);

/// What the rounds share, and who holds what.
pub struct Semaphores {
    semaphore: Semaphore,
    lock: Lock,
    rlock: RLock,
    /// Units go in and out here without belonging to anyone.
    capped: CappedSemaphore,
    n_capped: Cell<usize>,
    n_holders: Cell<usize>,
    is_locked: Cell<bool>,
}

impl Semaphores {
    /// Everything is free.
    pub fn new() -> Self {
        Semaphores {
            semaphore: Semaphore::new(PERMITS),
            lock: Lock::new(),
            rlock: RLock::new(),
            capped: CappedSemaphore::new(CAPPED.0, CAPPED.1),
            n_capped: Cell::new(CAPPED.0),
            n_holders: Cell::new(0),
            is_locked: Cell::new(false),
        }
    }

    fn acquire(&self, soak: &Soak) -> Option<Permit> {
        match soak.below(5) {
            0 => self.semaphore.try_acquire(),
            1 => self.semaphore.acquire_timeout(soak.short_time()),
            2 => self.semaphore.acquire_deadline(Instant::now() + soak.short_time()),
            _ => Some(self.semaphore.acquire()),
        }
    }

    fn hold(&self, soak: &Soak) {
        let Some(permit) = self.acquire(soak) else { return };
        self.n_holders.set(self.n_holders.get() + 1);
        // Before the permit goes back, however this ends.
        let _released = OnDrop(|| self.n_holders.set(self.n_holders.get() - 1));
        assert!(self.n_holders.get() <= PERMITS, "more holders than permits");
        if soak.below(8) == 0 {
            // Its place is taken over by a release.
            permit.forget();
            let _given_back = OnDrop(|| self.semaphore.release());
            sleep(soak.short_time());
        } else {
            let _permit = permit;
            sleep(soak.short_time());
        }
    }

    fn lock(&self, soak: &Soak) {
        let Some(_guard) = self.lock.acquire_timeout(soak.short_time() * 10) else { return };
        assert!(!self.is_locked.replace(true), "two hold the lock");
        let _unlocked = OnDrop(|| self.is_locked.set(false));
        let outer = self.rlock.acquire();
        sleep(soak.short_time());
        let inner = self.rlock.try_acquire();
        assert!(inner.is_some(), "it is its own already");
        sleep(soak.short_time());
        drop((inner, outer));
    }

    /// One comes in or goes out, or does not; nobody is killed between that and the count.
    fn come_or_go(&self, soak: &Soak) {
        let limit = soak.short_time();
        let change = match soak.below(4) {
            0 => isize::from(self.capped.try_release()),
            1 => isize::from(self.capped.release_timeout(limit)),
            2 => -isize::from(self.capped.try_acquire()),
            _ => -isize::from(self.capped.acquire_timeout(limit)),
        };
        self.n_capped.set(self.n_capped.get().strict_add_signed(change));
    }
}

impl Subject for Semaphores {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(3) {
            0 => self.hold(soak),
            1 => self.lock(soak),
            _ => self.come_or_go(soak),
        }
    }

    fn verify(&self) {
        assert_eq!(self.n_holders.get(), 0);
        assert_eq!(self.semaphore.balance(), PERMITS as isize, "a permit is lost");
        assert!(!self.lock.is_locked() && !self.rlock.is_locked());
        // As many may be taken as there are, and as many given as there is room for.
        let n_capped = self.n_capped.get() as isize;
        let room = CAPPED.1 as isize - n_capped;
        assert!(room >= 0);
        assert_eq!(self.capped.balance(), n_capped - room, "a unit is lost");
    }
}
