//! Permits that are taken and given back, by hand and by the coroutines that they admit.

use std::sync::Arc;

use may::coroutine::yield_now;
use may::go;
use may::sync::Semphore;

use super::run;

/// One coroutine, and always a permit.
pub(super) fn semaphore(n: u64) {
    run(move || {
        let semaphore = Semphore::new(1);
        for _ in 0..n {
            semaphore.wait();
            semaphore.post();
        }
    });
}

/// One permit for several coroutines, each of which yields while it has it.
pub(super) fn semaphore_contended<const COROUTINES: u64>(n: u64) {
    run(move || {
        let semaphore = Arc::new(Semphore::new(1));
        let start = |_| {
            let semaphore = semaphore.clone();
            go!(move || {
                for _ in 0..n / COROUTINES {
                    semaphore.wait();
                    yield_now();
                    semaphore.post();
                }
            })
        };
        let coroutines: Vec<_> = (0..COROUTINES).map(start).collect();
        for coroutine in coroutines {
            coroutine.join().expect("the coroutine returns");
        }
    });
}

/// Coroutines that do nothing, and so many at once at most.
pub(super) fn pool<const SIZE: usize>(n: u64) {
    run(move || {
        let semaphore = Arc::new(Semphore::new(SIZE));
        for _ in 0..n {
            semaphore.wait();
            let semaphore = semaphore.clone();
            go!(move || semaphore.post());
        }
        // All permits are back when all coroutines have ended.
        (0..SIZE).for_each(|_| semaphore.wait());
    });
}
