//! The threads of the pool and their queue.

use std::cell::Cell;
use std::collections::VecDeque;
use std::env;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

/// Threads at most, unless `EVENTLET_THREADPOOL_SIZE` says otherwise; Eventlet's number.
const DEFAULT_SIZE: usize = 20;

/// A call and the delivery of its result. It must not unwind.
type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Pool {
    queue: VecDeque<Job>,
    n_threads: usize,
    /// Threads that wait for a job.
    n_idle: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { queue: VecDeque::new(), n_threads: 0, n_idle: 0 });
static JOBS: Condvar = Condvar::new();

thread_local! {
    static IS_WORKER: Cell<bool> = const { Cell::new(false) };
}

fn pool() -> MutexGuard<'static, Pool> {
    // Jobs run outside the lock, so a panic cannot leave the pool half-changed.
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether this is a thread of the pool.
pub(super) fn is_worker() -> bool {
    IS_WORKER.get()
}

fn size() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(|| {
        let Some(value) = env::var_os("EVENTLET_THREADPOOL_SIZE") else { return DEFAULT_SIZE };
        match value.to_str().and_then(|text| text.trim().parse().ok()) {
            Some(size) if size > 0 => size,
            _ => {
                eprintln!(
                    "eventlet: EVENTLET_THREADPOOL_SIZE is ignored: {value:?} is no positive number"
                );
                DEFAULT_SIZE
            }
        }
    })
}

/// Queues a job; starts another thread if none is free for it and there may be more.
///
/// # Panics
///
/// Panics if there is no thread at all and none can be started.
pub(super) fn submit(job: Job) {
    let mut pool = pool();
    pool.queue.push_back(job);
    if pool.n_idle >= pool.queue.len() || pool.n_threads >= size() {
        JOBS.notify_one();
        return;
    }
    let name = format!("eventlet-tpool-{}", pool.n_threads);
    match thread::Builder::new().name(name).spawn(work) {
        Ok(_) => pool.n_threads += 1,
        // The threads that there are will come to it.
        Err(_) if pool.n_threads > 0 => JOBS.notify_one(),
        Err(error) => {
            let job = pool.queue.pop_back();
            drop(pool);
            // What it carries is the user's, and may come here again.
            drop(job);
            panic!("the native thread pool cannot start a thread: {error}");
        }
    }
}

/// The life of a thread of the pool; it ends with the process.
fn work() {
    IS_WORKER.set(true);
    let mut pool = pool();
    loop {
        if let Some(job) = pool.queue.pop_front() {
            drop(pool);
            job();
            pool = self::pool();
        } else {
            pool.n_idle += 1;
            pool = JOBS.wait(pool).unwrap_or_else(PoisonError::into_inner);
            pool.n_idle -= 1;
        }
    }
}
