//! Tasks that are started, take turns, and sleep.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::{spawn_local, yield_now};
use tokio::time::{sleep, sleep_until, timeout};

use super::run;
use crate::workloads::FAR;

const DONE: &str = "the task returns";

fn run_bare<T>(body: impl Future<Output = T>) -> T {
    run(|builder| builder, body)
}

pub(super) fn spawn_each(n: u64) {
    run_bare(async {
        for i in 0..n {
            black_box(spawn_local(async move { i }).await.expect(DONE));
        }
    });
}

pub(super) fn spawn_batches<const BATCH: u64>(n: u64) {
    run_bare(async {
        let mut tasks = Vec::with_capacity(BATCH as usize);
        for _ in 0..n / BATCH {
            tasks.extend((0..BATCH).map(|i| spawn_local(async move { i })));
            for task in tasks.drain(..) {
                black_box(task.await.expect(DONE));
            }
        }
    });
}

pub(super) fn yields<const TASKS: u64>(n: u64) {
    let body = move || async move {
        for _ in 0..n / TASKS {
            yield_now().await;
        }
    };
    run_bare(async {
        let tasks: Vec<_> = (0..TASKS).map(|_| spawn_local(body())).collect();
        for task in tasks {
            task.await.expect(DONE);
        }
    });
}

pub(super) fn timeout_ready(n: u64) {
    let body = async move {
        for i in 0..n {
            black_box(timeout(FAR, async { black_box(i) }).await.expect("it is ready"));
        }
    };
    run(Builder::enable_time, async { spawn_local(body).await.expect(DONE) });
}

pub(super) fn timeout_yield(n: u64) {
    let body = async move {
        for _ in 0..n {
            timeout(FAR, yield_now()).await.expect("a yield is short");
        }
    };
    run(Builder::enable_time, async { spawn_local(body).await.expect(DONE) });
}

pub(super) fn sleepers(n: u64, deadline: Instant, asleep: &mut dyn FnMut()) {
    let n_asleep = Rc::new(Cell::new(0));
    let start = |_| {
        let n_asleep = n_asleep.clone();
        spawn_local(async move {
            n_asleep.set(n_asleep.get() + 1);
            sleep_until(deadline.into()).await;
        })
    };
    run(Builder::enable_time, async {
        let tasks: Vec<_> = (0..n).map(start).collect();
        while n_asleep.get() < n {
            yield_now().await;
        }
        asleep();
        for task in tasks {
            task.await.expect(DONE);
        }
    });
}

pub(super) fn sleeps(durations: &[Duration]) -> Vec<Duration> {
    let start = |&duration: &Duration| {
        spawn_local(async move {
            let begin = Instant::now();
            sleep(duration).await;
            begin.elapsed() - duration
        })
    };
    run(Builder::enable_time, async {
        let tasks: Vec<_> = durations.iter().map(start).collect();
        let mut late = Vec::with_capacity(tasks.len());
        for task in tasks {
            late.push(task.await.expect(DONE));
        }
        late
    })
}
