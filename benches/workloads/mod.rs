//! What is measured: one file per workload.

mod echo;
mod in_process;
mod load;
mod spawn;
mod timeout;
mod yields;

use std::error::Error;
use std::time::Duration;

use crate::args::Settings;
use crate::peers::Peer;
use in_process::InProcess;

pub(crate) use echo::serve as serve_echo;

/// A limit that is never reached.
pub(crate) const FAR: Duration = Duration::from_secs(5);
/// The length of an echo message, in bytes.
pub(crate) const MESSAGE: usize = 64;

/// Something all peers do, in runs that can be repeated.
pub(crate) trait Workload {
    /// For `--only`.
    fn name(&self) -> &str;

    /// For the table.
    fn title(&self) -> &str;

    /// What one run measures.
    fn metrics(&self) -> &'static [Metric];

    /// Who can do it, in the order of their turns.
    fn peers(&self) -> Vec<Peer>;

    /// Measures one run: a value for each metric.
    fn run(&self, peer: Peer, settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>>;
}

/// A quantity of the table.
pub(crate) struct Metric {
    pub(crate) unit: &'static str,
    /// Which way is better, in a word.
    pub(crate) better: &'static str,
}

const JOBS: [&[InProcess]; 3] = [spawn::ALL, yields::ALL, timeout::ALL];

/// Every workload, in the order of the table.
pub(crate) fn all() -> Vec<Box<dyn Workload>> {
    let jobs = JOBS.into_iter().flatten().map(|job| Box::new(*job) as Box<dyn Workload>);
    let echoes = echo::ALL.iter().map(|echo| Box::new(*echo) as Box<dyn Workload>);
    jobs.chain(echoes).collect()
}

/// Does an in-process job here and now, and prints how many nanoseconds it took.
pub(crate) fn run_job(name: &str, peer: Peer, operations: u64) -> Result<(), Box<dyn Error>> {
    let job = JOBS.into_iter().flatten().find(|job| job.name == name);
    let job = job.ok_or_else(|| format!("no job is called {name}"))?;
    println!("{}", job.run_here(peer, operations)?.as_nanos());
    Ok(())
}
