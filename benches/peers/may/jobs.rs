//! Coroutines that are started, take turns, and sleep.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Instant;

use may::coroutine::{JoinHandle, sleep, yield_now};
use may::go;

use super::run;

const DONE: &str = "the coroutine returns";

pub(super) fn spawn_each(n: u64) {
    run(move || {
        for i in 0..n {
            black_box(go!(move || i).join().expect(DONE));
        }
    });
}

pub(super) fn spawn_batches<const BATCH: u64>(n: u64) {
    run(move || {
        let mut coroutines = Vec::with_capacity(BATCH as usize);
        for _ in 0..n / BATCH {
            coroutines.extend((0..BATCH).map(|i| go!(move || i)));
            for coroutine in coroutines.drain(..) {
                black_box(coroutine.join().expect(DONE));
            }
        }
    });
}

pub(super) fn yields<const COROUTINES: u64>(n: u64) {
    let body = move || (0..n / COROUTINES).for_each(|_| yield_now());
    run(move || join_all((0..COROUTINES).map(|_| go!(body)).collect()));
}

pub(super) fn sleepers(n: u64, deadline: Instant, asleep: &mut dyn FnMut()) {
    let n_asleep = Arc::new(AtomicU64::new(0));
    // A loop that yields until all are asleep would keep them from ever starting.
    let (send_all_asleep, all_asleep) = mpsc::channel();
    let start = move |_| {
        let (n_asleep, send_all_asleep) = (n_asleep.clone(), send_all_asleep.clone());
        go!(move || {
            if n_asleep.fetch_add(1, Ordering::Relaxed) + 1 == n {
                send_all_asleep.send(()).expect("it is waited for");
            }
            sleep(deadline.saturating_duration_since(Instant::now()));
        })
    };
    let coroutines: Vec<_> = run(move || (0..n).map(start).collect());
    all_asleep.recv().expect("the last one sends");
    asleep();
    run(move || join_all(coroutines));
}

fn join_all(coroutines: Vec<JoinHandle<()>>) {
    for coroutine in coroutines {
        coroutine.join().expect(DONE);
    }
}
