//! Calls on OS threads, whose callers may be gone when they return.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::thread;

use eventlet::tpool::{Proxy, execute};

use super::soak::{Soak, Subject};

/// A number behind the pool, and how often it may have been and must have been counted up.
pub struct Pool {
    proxy: Proxy<u64>,
    n_begun: Cell<u64>,
    n_ended: Cell<u64>,
}

impl Pool {
    /// At zero.
    pub fn new() -> Self {
        Pool { proxy: Proxy::new(0), n_begun: Cell::new(0), n_ended: Cell::new(0) }
    }

    /// Counts up, which happens or not if this is broken off.
    fn count_up(&self, soak: &Soak) {
        let (n_ended, pause) = (self.n_ended.get(), soak.short_time());
        self.n_begun.set(self.n_begun.get() + 1);
        let counted = self.proxy.call(move |number| {
            thread::sleep(pause);
            *number += 1;
            *number
        });
        self.n_ended.set(self.n_ended.get() + 1);
        assert!((n_ended + 1..=self.n_begun.get()).contains(&counted));
    }
}

/// What a job panics with, which no hook prints.
struct Expected(usize);

impl Subject for Pool {
    fn round(&self, soak: &Rc<Soak>) {
        if soak.below(2) == 0 {
            return self.count_up(soak);
        }
        let (number, pause) = (soak.below(1000), soak.short_time());
        if soak.below(4) > 0 {
            let result = execute(move || {
                thread::sleep(pause);
                number * 2
            });
            assert_eq!(result, number * 2);
            return;
        }
        let job = move || -> usize { resume_unwind(Box::new(Expected(number))) };
        match catch_unwind(AssertUnwindSafe(|| execute(job))) {
            Ok(number) => panic!("{number} was returned by none"),
            Err(payload) => match payload.downcast::<Expected>() {
                Ok(expected) => assert_eq!(expected.0, number),
                // A kill or a timeout, which is not for this round to catch.
                Err(payload) => resume_unwind(payload),
            },
        }
    }

    fn stop(&self) {
        let counted = self.proxy.call(|number| *number);
        assert!((self.n_ended.get()..=self.n_begun.get()).contains(&counted), "{counted}");
    }
}
