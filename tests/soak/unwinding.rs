//! Destructors that wait while their green thread is killed or timed out: they come to their end.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use eventlet::{LightQueue, Semaphore, sleep, spawn, with_timeout};
use eventlet_tests::OnDrop;

use super::soak::{Soak, Subject};

/// What destructors wait for, and how many had to and have.
pub struct Unwinding {
    semaphore: Semaphore,
    n_begun: Cell<u64>,
    n_ended: Cell<u64>,
}

impl Unwinding {
    /// One permit for all.
    pub fn new() -> Self {
        Unwinding { semaphore: Semaphore::new(1), n_begun: Cell::new(0), n_ended: Cell::new(0) }
    }

    /// Waits as a lock does, which is allowed, and sleeps, which is not.
    fn wait(&self, soak: &Soak) {
        match soak.below(3) {
            0 => drop(self.semaphore.acquire()),
            1 => {
                let pause = soak.short_time();
                spawn(move || sleep(pause)).wait().unwrap();
            }
            _ => {
                let (queue, pause) = (LightQueue::new(Some(0)), soak.short_time());
                let theirs = queue.clone();
                let putter = spawn(move || {
                    sleep(pause);
                    theirs.put(7)
                });
                assert_eq!(queue.get(), Ok(7));
                putter.wait().unwrap().unwrap();
            }
        }
        let before = Instant::now();
        sleep(std::time::Duration::from_secs(3600));
        assert!(before.elapsed().as_secs() < 60, "it slept in a destructor");
    }

    /// Something long, in the middle of which it is broken off.
    fn be_broken_off(&self, soak: &Soak) {
        let has_come_through = Cell::new(false);
        let _waits = OnDrop(|| {
            if !has_come_through.get() {
                self.n_begun.set(self.n_begun.get() + 1);
                self.wait(soak);
                self.n_ended.set(self.n_ended.get() + 1);
            }
        });
        let _permit = self.semaphore.acquire();
        sleep(soak.short_time());
        sleep(soak.short_time());
        has_come_through.set(true);
    }
}

impl Subject for Unwinding {
    fn round(&self, soak: &Rc<Soak>) {
        let _ = with_timeout(soak.short_time(), || self.be_broken_off(soak));
    }

    fn verify(&self) {
        assert!(self.n_begun.get() > 0, "nothing was broken off");
        assert_eq!(self.n_begun.get(), self.n_ended.get(), "a destructor was broken off");
        assert_eq!(self.semaphore.balance(), 1);
    }
}
