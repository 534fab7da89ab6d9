//! Threads that are started, take turns, and sleep.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::{sleep, spawn, with_timeout};

use crate::workloads::FAR;

const DONE: &str = "the green thread returns";

pub(super) fn spawn_each(n: u64) {
    for i in 0..n {
        black_box(spawn(move || i).wait().expect(DONE));
    }
}

pub(super) fn spawn_batches<const BATCH: u64>(n: u64) {
    let mut threads = Vec::with_capacity(BATCH as usize);
    for _ in 0..n / BATCH {
        threads.extend((0..BATCH).map(|i| spawn(move || i)));
        for thread in threads.drain(..) {
            black_box(thread.wait().expect(DONE));
        }
    }
}

pub(super) fn yields<const THREADS: u64>(n: u64) {
    let body = move || (0..n / THREADS).for_each(|_| sleep(Duration::ZERO));
    let threads: Vec<_> = (0..THREADS).map(|_| spawn(body)).collect();
    for thread in threads {
        thread.wait().expect(DONE);
    }
}

pub(super) fn timeout_ready(n: u64) {
    let body = move || {
        for i in 0..n {
            black_box(with_timeout(FAR, || black_box(i)).expect("it is ready"));
        }
    };
    spawn(body).wait().expect(DONE);
}

pub(super) fn timeout_yield(n: u64) {
    let body = move || {
        for _ in 0..n {
            with_timeout(FAR, || sleep(Duration::ZERO)).expect("a yield is short");
        }
    };
    spawn(body).wait().expect(DONE);
}

/// Sleeps until a moment, having said that it is about to.
fn sleeper(deadline: Instant, n_asleep: &Cell<u64>) {
    n_asleep.set(n_asleep.get() + 1);
    sleep(deadline.saturating_duration_since(Instant::now()));
}

pub(super) fn sleepers(n: u64, deadline: Instant, asleep: &mut dyn FnMut()) {
    let n_asleep = Rc::new(Cell::new(0));
    let start = |_| {
        let n_asleep = n_asleep.clone();
        spawn(move || sleeper(deadline, &n_asleep))
    };
    let threads: Vec<_> = (0..n).map(start).collect();
    while n_asleep.get() < n {
        sleep(Duration::ZERO);
    }
    asleep();
    for thread in threads {
        thread.wait().expect(DONE);
    }
}

pub(super) fn sleeps(durations: &[Duration]) -> Vec<Duration> {
    let start = |&duration: &Duration| {
        spawn(move || {
            let begin = Instant::now();
            sleep(duration);
            begin.elapsed() - duration
        })
    };
    let threads: Vec<_> = durations.iter().map(start).collect();
    threads.into_iter().map(|thread| thread.wait().expect(DONE)).collect()
}
