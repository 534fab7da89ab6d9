//! Calls on OS threads, whose callers may be gone when they return.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::thread;

use eventlet::tpool::execute;

use super::soak::{Soak, Subject};

/// Nothing is shared here.
pub struct Pool;

/// What a job panics with, which no hook prints.
struct Expected(usize);

impl Subject for Pool {
    fn round(&self, soak: &Rc<Soak>) {
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
}
