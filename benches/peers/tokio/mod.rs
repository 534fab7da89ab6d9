//! tokio: a current-thread runtime with a `LocalSet`.

mod jobs;
mod queues;
mod servers;
mod sync;

use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::{Serve, Skills};
use crate::workloads::Job;

pub(super) const SKILLS: Skills = Skills {
    jobs: &[
        ("spawn", Job::Timed(jobs::spawn_each)),
        ("spawn-batch", Job::Timed(jobs::spawn_batches::<1000>)),
        ("yield-2", Job::Timed(jobs::yields::<2>)),
        ("yield-1000", Job::Timed(jobs::yields::<1000>)),
        ("sleepers", Job::Sleepers(jobs::sleepers)),
        ("million", Job::Sleepers(jobs::sleepers)),
        ("timeout-ready", Job::Timed(jobs::timeout_ready)),
        ("timeout-yield", Job::Timed(jobs::timeout_yield)),
        ("sleeps", Job::Sleeps(jobs::sleeps)),
        ("ping-pong", Job::Timed(queues::ping_pong)),
        ("stream", Job::Timed(queues::stream::<1000>)),
        ("pool", Job::Timed(sync::pool::<100>)),
        ("semaphore", Job::Timed(sync::semaphore)),
        ("semaphore-contended", Job::Timed(sync::semaphore_contended::<10>)),
    ],
    servers: &[
        ("echo", Serve::On(servers::echo)),
        ("http", Serve::On(servers::http)),
        ("json", Serve::On(servers::json)),
        ("connect", Serve::On(servers::connect)),
    ],
};

/// Runs `body` on a runtime with the drivers that it needs and no more: an I/O driver without
/// sockets costs a poll whenever all tasks have yielded.
fn run<T>(builder: impl FnOnce(&mut Builder) -> &mut Builder, body: impl Future<Output = T>) -> T {
    let runtime = builder(&mut Builder::new_current_thread()).build().expect("a runtime");
    LocalSet::new().block_on(&runtime, body)
}
