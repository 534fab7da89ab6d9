//! Workloads that need nothing but the CPU and the clock: W1 to W5.

use std::error::Error;

use super::Workload;
use super::metric::{Metric, Target};
use crate::args::Settings;
use crate::peers::Peer;
use crate::peers::program::Program;

/// A job that is done a number of times by each peer.
pub(super) struct InProcess {
    name: &'static str,
    title: &'static str,
    operations: u64,
    metrics: &'static [Metric],
}

pub(super) const ALL: &[InProcess] = &[
    InProcess {
        name: "spawn",
        title: "W1 spawn + wait, one by one",
        operations: 1_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.20))],
    },
    InProcess {
        name: "spawn-batch",
        title: "W1 spawn + wait, batches of 1,000",
        operations: 1_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.28))],
    },
    InProcess {
        name: "yield-2",
        title: "W2 yield, 2 threads",
        operations: 2_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.22))],
    },
    InProcess {
        name: "yield-1000",
        title: "W2 yield, 1,000 threads",
        operations: 2_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.75))],
    },
    InProcess {
        name: "ping-pong",
        title: "W3 queue ping-pong, room for 1",
        operations: 1_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.18))],
    },
    InProcess {
        name: "stream",
        title: "W3 queue stream, room for 1,000",
        operations: 5_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.06))],
    },
    InProcess {
        name: "pool",
        title: "W3 pool of 100, spawn",
        operations: 1_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 1.0))],
    },
    InProcess {
        name: "semaphore",
        title: "W3 permit that is free",
        operations: 5_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 1.0))],
    },
    InProcess {
        name: "semaphore-contended",
        title: "W3 permit shared by 10 threads",
        operations: 1_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 1.0))],
    },
    InProcess {
        name: "mutex",
        title: "W3 mutex that is free",
        operations: 20_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Std, 1.5))],
    },
    InProcess {
        name: "rwlock-read",
        title: "W3 RwLock that is free, read",
        operations: 20_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Std, 1.5))],
    },
    InProcess {
        name: "rwlock-write",
        title: "W3 RwLock that is free, write",
        operations: 20_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Std, 1.5))],
    },
    InProcess {
        name: "condvar",
        title: "W3 notification of nobody",
        operations: 20_000_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Std, 1.5))],
    },
    InProcess {
        name: "sleepers",
        title: "W4 100,000 sleepers",
        operations: 100_000,
        metrics: &[
            Metric::less("bytes each", Target::Value(8500.0)),
            Metric::less("ns to create", Target::To(Peer::Go, 1.0)),
            Metric::less("ns to wake", Target::To(Peer::Tokio, 0.75)),
        ],
    },
    InProcess {
        name: "timeout-ready",
        title: "W5 timeout round a ready value",
        operations: 500_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.60))],
    },
    InProcess {
        name: "timeout-yield",
        title: "W5 timeout round one yield",
        operations: 500_000,
        metrics: &[Metric::less("ns", Target::To(Peer::Tokio, 0.35))],
    },
    InProcess {
        name: "sleeps",
        title: "W5 100,000 random sleeps in 1 s",
        operations: 100_000,
        metrics: &[
            Metric::less("CPU ms", Target::To(Peer::Tokio, 1.0)),
            Metric::less("µs late, p50", Target::To(Peer::Tokio, 0.10)),
            Metric::less("µs late, p99", Target::To(Peer::Tokio, 1.0)),
        ],
    },
];

impl Workload for InProcess {
    fn name(&self) -> &'static str {
        self.name
    }

    fn skill(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn metrics(&self) -> &'static [Metric] {
        self.metrics
    }

    fn run(&self, program: &Program, settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>> {
        let share = program.peer().share(self.name, self.operations);
        program.run_job(self.name, settings.scale(share))
    }
}
