//! The same work done by eventlet and by its peers, side by side; see README.md.
//!
//! ```text
//!   suite ─┬─ for each workload, in rounds: one run of each peer, always in a process of its own
//!          │     in-process:  PROGRAM job NAME OPERATIONS     prints one number per metric
//!          │     network:     PROGRAM server NAME             prints its port
//!          └─ report: median, min and max of the rounds, ratios, the table, JSON, the chart
//! ```
//!
//! PROGRAM is `suite --peer NAME` for the peers written in Rust, else a Go program or a Python
//! script in `peers/`.

mod args;
mod machine;
mod peers;
mod report;
mod workloads;

use std::error::Error;
use std::process::ExitCode;

use args::{Command, Settings};
use peers::program::{self, Program};
use report::{Report, Samples};
use workloads::Workload;

fn main() -> ExitCode {
    match act() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("suite: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the command line says; `false` if something failed on the way.
fn act() -> Result<bool, Box<dyn Error>> {
    match args::parse(std::env::args().skip(1))? {
        Command::Compare(settings) => compare(&settings),
        Command::Act { peer, order } => peers::obey(peer, &order).map(|()| true),
    }
}

fn compare(settings: &Settings) -> Result<bool, Box<dyn Error>> {
    let chosen: Vec<_> =
        workloads::all().into_iter().filter(|w| settings.wants(w.name(), w.is_long())).collect();
    if chosen.is_empty() {
        return Err("no workload has such a name".into());
    }
    machine::prepare();
    let programs = program::find_all(settings);
    let mut report = Report::new(settings, &programs);
    for workload in chosen {
        eprintln!("{} …", workload.title());
        if let Some(obstacle) = workload.obstacle() {
            report.note(workload, &obstacle);
            continue;
        }
        let samples = measure(workload, &programs, settings, &mut report);
        report.add(workload, &samples);
    }
    print!("{report}");
    report.write_files(settings)?;
    Ok(!report.has_failures())
}

/// Runs the peers in turn, round after round, so that whatever else the machine does meets them
/// all alike. A peer that fails is left out of the rest of this workload.
fn measure(
    workload: &dyn Workload,
    programs: &[Program],
    settings: &Settings,
    report: &mut Report,
) -> Samples {
    let mut samples = Samples::default();
    let mut able: Vec<_> = programs.iter().filter(|p| p.can(workload.skill())).collect();
    report.note_peers(workload, programs);
    for _ in 0..settings.n_rounds(workload.is_long()) {
        able.retain(|program| match workload.run(program, settings) {
            Ok(values) => {
                samples.add(program.peer(), values);
                true
            }
            Err(error) => {
                report.note_failure(workload, program.peer(), &*error);
                false
            }
        });
    }
    samples
}
