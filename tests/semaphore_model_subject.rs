//! Semaphores and locks, such that one plan can be carried out with each of them.

use std::time::Duration;

use eventlet::lock::{Lock, RLock, RLockGuard};
use eventlet::semaphore::Permit;
use eventlet::{BoundedSemaphore, Semaphore};

/// What is tried, by its own type.
#[derive(Clone)]
pub enum Subject {
    Semaphore(Semaphore),
    Bounded(BoundedSemaphore),
    Lock(Lock),
    RLock(RLock),
}

pub enum Held {
    Permit(Permit),
    /// Those of one green thread, which has taken the lock several times.
    Guards(Vec<RLockGuard>),
}

impl Subject {
    pub fn new(kind: usize, n: usize) -> Self {
        match kind {
            0 => Subject::Semaphore(Semaphore::new(n)),
            1 => Subject::Bounded(BoundedSemaphore::new(n)),
            2 => Subject::Lock(Lock::new()),
            _ => Subject::RLock(RLock::new()),
        }
    }

    pub fn acquire(&self, limit: Option<Duration>) -> Option<Held> {
        let permit = match (self, limit) {
            (Subject::Semaphore(it), None) => Some(it.acquire()),
            (Subject::Semaphore(it), Some(limit)) => it.acquire_timeout(limit),
            (Subject::Bounded(it), None) => Some(it.acquire()),
            (Subject::Bounded(it), Some(limit)) => it.acquire_timeout(limit),
            (Subject::Lock(it), None) => Some(it.acquire()),
            (Subject::Lock(it), Some(limit)) => it.acquire_timeout(limit),
            (Subject::RLock(it), limit) => return it.acquire_again(limit),
        };
        permit.map(Held::Permit)
    }

    pub fn try_acquire(&self) -> Option<Held> {
        match self {
            Subject::Semaphore(it) => it.try_acquire().map(Held::Permit),
            Subject::Bounded(it) => it.try_acquire().map(Held::Permit),
            Subject::Lock(it) => it.try_acquire().map(Held::Permit),
            Subject::RLock(it) => it.try_acquire().map(|guard| Held::Guards(vec![guard])),
        }
    }

    pub fn release(&self) {
        match self {
            Subject::Semaphore(it) => it.release(),
            Subject::Bounded(it) => it.release(),
            Subject::Lock(it) => it.release(),
            Subject::RLock(_) => {}
        }
    }

    /// What is free, less those who wait, where it can be asked for.
    pub fn balance(&self) -> Option<isize> {
        match self {
            Subject::Semaphore(it) => Some(it.balance()),
            Subject::Bounded(it) => Some(it.balance()),
            _ => None,
        }
    }

    pub fn is_locked(&self) -> bool {
        match self {
            Subject::Semaphore(it) => it.is_locked(),
            Subject::Bounded(it) => it.is_locked(),
            Subject::Lock(it) => it.is_locked(),
            Subject::RLock(it) => it.is_locked(),
        }
    }
}

trait AcquireAgain {
    fn acquire_again(&self, limit: Option<Duration>) -> Option<Held>;
}

impl AcquireAgain for RLock {
    /// Three times, in all the ways there are.
    fn acquire_again(&self, limit: Option<Duration>) -> Option<Held> {
        let first = match limit {
            None => self.acquire(),
            Some(limit) => self.acquire_timeout(limit)?,
        };
        let others = [self.acquire(), self.try_acquire().expect("it is the caller's")];
        Some(Held::Guards([first].into_iter().chain(others).collect()))
    }
}
