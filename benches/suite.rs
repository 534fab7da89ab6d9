//! The same work done by eventlet and by its peers, side by side; see README.md.
//!
//! ```text
//!   suite ─┬─ for each workload, in rounds: one run of each peer, always in a process of its own
//!          │     in-process:  suite --job WORKLOAD PEER OPERATIONS     prints nanoseconds
//!          │     network:     suite --server PEER                      prints its port
//!          └─ report: median, min and max of the rounds, and the ratio to tokio
//! ```

mod args;
mod child;
mod machine;
mod peers;
mod report;
mod workloads;

use std::error::Error;
use std::process::ExitCode;

use args::{Command, Settings};
use report::{Report, Samples};
use workloads::Workload;

fn main() -> ExitCode {
    match act() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("suite: {error}");
            ExitCode::FAILURE
        }
    }
}

fn act() -> Result<(), Box<dyn Error>> {
    match args::parse(std::env::args().skip(1))? {
        Command::Compare(settings) => compare(&settings),
        Command::Job { name, peer, operations } => workloads::run_job(&name, peer, operations),
        Command::Server { peer } => Ok(workloads::serve_echo(peer)?),
    }
}

fn compare(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let chosen: Vec<_> =
        workloads::all().into_iter().filter(|w| settings.wants(w.name())).collect();
    if chosen.is_empty() {
        return Err("no workload has such a name".into());
    }
    let mut report = Report::default();
    for workload in chosen {
        eprintln!("{} …", workload.title());
        let samples = measure(&*workload, settings)?;
        report.add(&*workload, samples);
    }
    print!("{report}");
    Ok(())
}

/// Runs the peers in turn, round after round, so that whatever else the machine does meets them
/// all alike.
fn measure(workload: &dyn Workload, settings: &Settings) -> Result<Samples, Box<dyn Error>> {
    let mut samples = Samples::default();
    for _ in 0..settings.n_rounds() {
        for peer in workload.peers() {
            samples.add(peer, workload.run(peer, settings)?);
        }
    }
    Ok(samples)
}
