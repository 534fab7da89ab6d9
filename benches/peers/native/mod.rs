//! What std has of the same name, in an OS thread.

mod locks;

use super::Skills;
use crate::workloads::Job;

pub(super) const SKILLS: Skills = Skills {
    jobs: &[
        ("mutex", Job::Timed(locks::mutex)),
        ("rwlock-read", Job::Timed(locks::rwlock_read)),
        ("rwlock-write", Job::Timed(locks::rwlock_write)),
        ("condvar", Job::Timed(locks::condvar)),
    ],
    servers: &[],
};
