//! Workloads that need nothing but the CPU.

use std::error::Error;
use std::process;
use std::time::Duration;

use super::{Metric, Workload};
use crate::args::Settings;
use crate::peers::Peer;
use crate::{child, machine};

/// How a peer does a number of operations.
pub(super) type Job = fn(u64);

/// A job that is done a number of times by each peer.
#[derive(Clone, Copy)]
pub(super) struct InProcess {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) operations: u64,
    pub(super) jobs: &'static [(Peer, Job)],
}

impl InProcess {
    /// Does the job in this process, and says how much CPU time it took.
    ///
    /// These jobs never wait, so on an idle machine this is the elapsed time; on a busy one it
    /// leaves out what others have used.
    pub(super) fn run_here(&self, peer: Peer, operations: u64) -> Result<Duration, Box<dyn Error>> {
        let known = self.jobs.iter().find(|(other, _)| *other == peer);
        let (_, job) = known.ok_or_else(|| format!("{peer} has no job {}", self.name))?;
        machine::pin_to(machine::SERVER_CORE);
        // Stacks, pools and branch predictors as they are in the middle of a long run.
        job(operations / 10);
        let begin = machine::cpu_time(process::id())?;
        job(operations);
        Ok(machine::cpu_time(process::id())? - begin)
    }
}

impl Workload for InProcess {
    fn name(&self) -> &str {
        self.name
    }

    fn title(&self) -> &str {
        self.title
    }

    fn metrics(&self) -> &'static [Metric] {
        &[Metric { unit: "ns", better: "less" }]
    }

    fn peers(&self) -> Vec<Peer> {
        self.jobs.iter().map(|(peer, _)| *peer).collect()
    }

    fn run(&self, peer: Peer, settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>> {
        let operations = settings.scale(self.operations);
        let time = child::run_job(self.name, peer, operations)?;
        Ok(vec![time.as_nanos() as f64 / operations as f64])
    }
}
