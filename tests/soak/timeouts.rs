//! Timeouts, nested in any order, and sleeps.

use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::{Timeout, sleep, with_timeout};

use super::soak::{Soak, Subject};

/// Nothing is shared here.
pub struct Timeouts;

/// Limits inside limits; each error is of the limit that returns it, and not early.
fn nest(soak: &Soak, depth: usize) {
    let limit = soak.short_time();
    let before = Instant::now();
    let result = with_timeout(limit, || {
        if depth > 0 {
            nest(soak, depth - 1);
        }
        sleep(soak.short_time());
        sleep(soak.short_time());
    });
    if let Err(late) = result {
        assert_eq!(late.limit(), limit);
        assert!(before.elapsed() >= limit, "it fired early");
    }
}

impl Subject for Timeouts {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(3) {
            0 => nest(soak, soak.below(6)),
            1 => {
                let (duration, before) = (soak.short_time(), Instant::now());
                sleep(duration);
                assert!(before.elapsed() >= duration, "it slept too short");
            }
            _ => {
                let long = |_| Timeout::new(Duration::from_secs(100 + soak.below(1000) as u64));
                let long: Vec<_> = (0..soak.below(10)).map(long).collect();
                let short = Timeout::new(soak.short_time());
                let is_late = short.run(|| sleep(soak.short_time())).is_err();
                assert!(is_late != short.cancel(), "it has fired or is running");
                assert!(long.iter().all(Timeout::cancel), "a long one has fired");
            }
        }
    }
}
