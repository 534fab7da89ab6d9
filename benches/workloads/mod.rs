//! What is measured.

mod in_process;
mod job;
mod load;
mod metric;
mod million;
mod network;
mod page;

use std::error::Error;
use std::time::Duration;

use crate::args::Settings;
use crate::peers::program::Program;

pub(crate) use job::Job;
pub(crate) use metric::{Better, Metric, Target};
pub(crate) use page::{HELLO, JSON, Page};

/// A limit that is never reached.
pub(crate) const FAR: Duration = Duration::from_secs(5);
/// The length of an echo message, in bytes.
pub(crate) const MESSAGE: usize = 64;

/// Something all peers do, in runs that can be repeated.
pub(crate) trait Workload {
    /// For `--only`.
    fn name(&self) -> &'static str;

    /// What a peer must be able to do: the name of a job or of a server.
    fn skill(&self) -> &'static str;

    /// For the table.
    fn title(&self) -> &'static str;

    /// What one run measures.
    fn metrics(&self) -> &'static [Metric];

    /// Whether a run takes minutes: then there is one, and none if everything is to be quick.
    fn is_long(&self) -> bool {
        false
    }

    /// Why this machine cannot do it, if it cannot.
    fn obstacle(&self) -> Option<String> {
        None
    }

    /// Measures one run: a value for each metric.
    fn run(&self, program: &Program, settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>>;
}

/// Every workload, in the order of the table.
pub(crate) fn all() -> Vec<&'static dyn Workload> {
    let jobs = in_process::ALL.iter().map(|job| job as &dyn Workload);
    let servers = network::ALL.iter().map(|server| server as &dyn Workload);
    jobs.chain([&million::MILLION as &dyn Workload]).chain(servers).collect()
}
