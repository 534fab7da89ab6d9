//! may, with one worker.

mod http;
mod jobs;
mod queues;
mod servers;
mod sync;

use super::{Serve, Skills};
use crate::workloads::Job;

pub(super) const SKILLS: Skills = Skills {
    jobs: &[
        ("spawn", Job::Timed(jobs::spawn_each)),
        ("spawn-batch", Job::Timed(jobs::spawn_batches::<1000>)),
        ("yield-2", Job::Timed(jobs::yields::<2>)),
        ("yield-1000", Job::Timed(jobs::yields::<1000>)),
        ("sleepers", Job::Sleepers(jobs::sleepers)),
        ("ping-pong", Job::Timed(queues::ping_pong)),
        ("stream", Job::Timed(queues::stream)),
        ("pool", Job::Timed(sync::pool::<100>)),
        ("semaphore", Job::Timed(sync::semaphore)),
        ("semaphore-contended", Job::Timed(sync::semaphore_contended::<10>)),
    ],
    servers: &[
        ("echo", Serve::On(servers::echo)),
        ("http", Serve::At(http::hello)),
        ("json", Serve::At(http::json)),
        ("connect", Serve::On(servers::connect)),
    ],
};

/// Runs `body` in a coroutine of the only worker.
fn run<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    configure();
    may::go!(body).join().expect("the coroutine returns")
}

fn configure() {
    let config = may::config();
    config.set_workers(1);
    // The process is on the servers' core already.
    config.set_worker_pin(false);
}
