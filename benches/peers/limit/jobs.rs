//! The switch alone: `generator`'s coroutines, resumed from a loop that knows what comes next.

use std::collections::VecDeque;
use std::hint::black_box;

use generator::{Gn, LocalGenerator};

/// A stack that runs jobs, one after the other, and is never new.
fn worker() -> LocalGenerator<'static, u64, u64> {
    Gn::new_scoped_local(|mut scope| {
        let mut result = 0;
        loop {
            scope.yield_with(result);
            result = scope.get_yield().unwrap_or_default();
        }
    })
}

pub(super) fn spawn_each(n: u64) {
    let mut worker = worker();
    worker.resume();
    for i in 0..n {
        black_box(worker.send(black_box(i)));
    }
}

pub(super) fn spawn_batches<const BATCH: u64>(n: u64) {
    let mut worker = worker();
    worker.resume();
    let mut jobs = VecDeque::with_capacity(BATCH as usize);
    for _ in 0..n / BATCH {
        jobs.extend(0..BATCH);
        while let Some(job) = jobs.pop_front() {
            black_box(worker.send(job));
        }
    }
}

pub(super) fn yields<const COROUTINES: u64>(n: u64) {
    let start = |_| -> LocalGenerator<'static, (), ()> {
        Gn::new_scoped_local(move |mut scope| {
            for _ in 0..n / COROUTINES {
                scope.yield_with(());
            }
        })
    };
    let mut coroutines: Vec<_> = (0..COROUTINES).map(start).collect();
    for _ in 0..=n / COROUTINES {
        for coroutine in &mut coroutines {
            coroutine.resume();
        }
    }
}
