//! What is left when nothing is between the work and the machine.

mod jobs;
mod servers;

use super::{Serve, Skills};
use crate::workloads::Job;

pub(super) const SKILLS: Skills = Skills {
    jobs: &[
        ("spawn", Job::Timed(jobs::spawn_each)),
        ("spawn-batch", Job::Timed(jobs::spawn_batches::<1000>)),
        ("yield-2", Job::Timed(jobs::yields::<2>)),
        ("yield-1000", Job::Timed(jobs::yields::<1000>)),
    ],
    servers: &[
        ("echo", Serve::On(servers::echo)),
        ("http", Serve::On(servers::http)),
        ("json", Serve::On(servers::json)),
        ("connect", Serve::On(servers::connect)),
    ],
};
