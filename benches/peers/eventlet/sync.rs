//! Permits that are taken and given back, by hand and by the members of a pool.

use std::time::Duration;

use eventlet::{GreenPool, Semaphore, join_all, sleep, spawn};

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

/// Green threads that do nothing, and so many at once at most.
pub(super) fn pool<const SIZE: usize>(n: u64) {
    let pool = GreenPool::new(SIZE);
    for _ in 0..n {
        pool.spawn_n(|| ());
    }
    pool.wait_all();
}
