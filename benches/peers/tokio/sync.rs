//! Permits that are taken and given back, by hand and by the tasks that they admit.

use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::{spawn_local, yield_now};

use super::run;

const DONE: &str = "the task returns";
const OPEN: &str = "nobody closes it";

/// One task, and always a permit.
pub(super) fn semaphore(n: u64) {
    let body = async move {
        let semaphore = Semaphore::new(1);
        for _ in 0..n {
            drop(semaphore.acquire().await.expect(OPEN));
        }
    };
    run(|builder| builder, async { spawn_local(body).await.expect(DONE) });
}

/// One permit for several tasks, each of which yields while it has it.
pub(super) fn semaphore_contended<const TASKS: u64>(n: u64) {
    run(|builder| builder, async {
        let semaphore = Rc::new(Semaphore::new(1));
        let start = |_| {
            let semaphore = semaphore.clone();
            spawn_local(async move {
                for _ in 0..n / TASKS {
                    let _permit = semaphore.acquire().await.expect(OPEN);
                    yield_now().await;
                }
            })
        };
        let tasks: Vec<_> = (0..TASKS).map(start).collect();
        for task in tasks {
            task.await.expect(DONE);
        }
    });
}

/// Tasks that do nothing, and so many at once at most.
pub(super) fn pool<const SIZE: usize>(n: u64) {
    run(|builder| builder, async {
        let semaphore = Arc::new(Semaphore::new(SIZE));
        for _ in 0..n {
            let permit = semaphore.clone().acquire_owned().await.expect(OPEN);
            spawn_local(async move { drop(permit) });
        }
        // All permits are back when all tasks have ended.
        drop(semaphore.acquire_many(SIZE as u32).await.expect(OPEN));
    });
}
