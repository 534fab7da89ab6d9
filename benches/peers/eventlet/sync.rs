//! Permits that are taken and given back.

use std::time::Duration;

use eventlet::{Semaphore, join_all, sleep, spawn};

/// One green thread, and always a permit.
pub(super) fn semaphore(n: u64) {
    let semaphore = Semaphore::new(1);
    let body = move || (0..n).for_each(|_| drop(semaphore.acquire()));
    spawn(body).wait().expect("the green thread returns");
}

/// One permit for several green threads, each of which yields while it has it.
pub(super) fn semaphore_contended<const THREADS: u64>(n: u64) {
    let semaphore = Semaphore::new(1);
    let threads = (0..THREADS).map(|_| {
        let semaphore = semaphore.clone();
        spawn(move || {
            for _ in 0..n / THREADS {
                let _permit = semaphore.acquire();
                sleep(Duration::ZERO);
            }
        })
    });
    assert!(join_all(threads).iter().all(Result::is_ok));
}
