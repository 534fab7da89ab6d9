//! Futures that green threads wait for, and green threads that futures wait for.

use std::future::{pending, ready};
use std::rc::Rc;

use eventlet::future::block_on;
use eventlet::{sleep, spawn, with_timeout};

use super::soak::{Soak, Subject};

/// Nothing is shared here.
pub struct Futures;

impl Subject for Futures {
    fn round(&self, soak: &Rc<Soak>) {
        let numbers: Vec<_> = (0..soak.below(5)).map(|_| soak.below(1000)).collect();
        let threads: Vec<_> = numbers
            .iter()
            .map(|&number| {
                let pause = soak.short_time();
                spawn(move || {
                    sleep(pause);
                    number
                })
            })
            .collect();
        let results = block_on(async {
            let mut results = Vec::new();
            for thread in threads {
                results.push(thread.await.unwrap() + ready(0).await);
            }
            results
        });
        assert_eq!(results, numbers);
        assert!(with_timeout(soak.short_time(), || block_on(pending::<()>())).is_err());
    }
}
