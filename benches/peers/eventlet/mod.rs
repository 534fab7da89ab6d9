//! eventlet, used as its documentation says.

mod jobs;
mod queues;
mod servers;
mod sync;

eventlet::import_patched! {
    #[path = "../native/locks.rs"]
    mod locks;
}

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
        ("mutex", Job::Timed(locks::mutex)),
        ("rwlock-read", Job::Timed(locks::rwlock_read)),
        ("rwlock-write", Job::Timed(locks::rwlock_write)),
        ("condvar", Job::Timed(locks::condvar)),
    ],
    servers: &[
        ("echo", Serve::On(servers::echo)),
        ("http", Serve::On(servers::http)),
        ("json", Serve::On(servers::json)),
        ("connect", Serve::On(servers::connect)),
    ],
};
