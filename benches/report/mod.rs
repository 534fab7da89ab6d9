//! What was measured: a row for each quantity and peer, as a table, as JSON and as a chart.

mod chart;
mod json;
mod publish;
mod samples;
mod table;
mod verdict;

use std::error::Error;

use crate::args::Settings;
use crate::machine;
use crate::peers::Peer;
use crate::peers::program::{self, Program};
use crate::workloads::{Metric, Workload};

pub(crate) use samples::Samples;
use samples::median;
use verdict::Verdict;

/// Everything that was measured, and with what.
pub(crate) struct Report {
    machine: String,
    /// How much was measured.
    effort: String,
    /// What else the machine did when it began.
    load: String,
    /// The peers that took part, with their versions.
    versions: Vec<(Peer, String)>,
    rows: Vec<Row>,
    /// What the figures do not say.
    notes: Vec<String>,
    has_failures: bool,
}

/// One quantity of one peer.
struct Row {
    workload: &'static str,
    title: &'static str,
    metric: &'static Metric,
    peer: Peer,
    /// The values of the rounds.
    values: Vec<f64>,
    to_tokio: Option<f64>,
    to_limit: Option<f64>,
    /// Whether the target was met, if there is one.
    verdict: Option<Verdict>,
}

impl Row {
    fn median(&self) -> f64 {
        median(self.values.clone()).unwrap_or(f64::NAN)
    }

    fn min(&self) -> f64 {
        self.values.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn max(&self) -> f64 {
        self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

impl Report {
    pub(crate) fn new(settings: &Settings, programs: &[Program]) -> Self {
        Report {
            machine: machine::description(),
            effort: settings.description(),
            load: machine::load(),
            versions: programs.iter().map(|p| (p.peer(), p.version().to_owned())).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
            has_failures: false,
        }
    }

    pub(crate) fn add(&mut self, workload: &dyn Workload, samples: &Samples) {
        for (index, metric) in workload.metrics().iter().enumerate() {
            for peer in Peer::ALL {
                let values = samples.of(peer, index);
                if values.is_empty() {
                    continue;
                }
                let to = |other| samples.ratio(index, peer, other).filter(|_| other != peer);
                self.rows.push(Row {
                    workload: workload.name(),
                    title: workload.title(),
                    metric,
                    peer,
                    to_tokio: to(Peer::Tokio),
                    to_limit: to(Peer::Limit),
                    verdict: Verdict::on(metric, peer, median(values.clone()), to),
                    values,
                });
            }
        }
    }

    /// Writes down what ought to be known of those who take part, and why others do not.
    pub(crate) fn note_peers(&mut self, workload: &dyn Workload, programs: &[Program]) {
        for peer in programs.iter().map(Program::peer) {
            if let Some(remark) = peer.remark(workload.skill()) {
                self.note(workload, &format!("{peer}: {remark}"));
            }
        }
    }

    pub(crate) fn note_failure(&mut self, workload: &dyn Workload, peer: Peer, error: &dyn Error) {
        self.has_failures = true;
        self.note(workload, &format!("{peer} failed: {error}"));
    }

    pub(crate) fn note(&mut self, workload: &dyn Workload, text: &str) {
        let note = format!("{}: {text}", workload.title());
        eprintln!("  {note}");
        self.notes.push(note);
    }

    /// Whether a peer failed that should not have.
    pub(crate) fn has_failures(&self) -> bool {
        self.has_failures
    }

    /// Writes what the command line asks for.
    pub(crate) fn write_files(&self, settings: &Settings) -> Result<(), Box<dyn Error>> {
        let json = settings.json.clone().map_or_else(json::usual_path, Ok)?;
        self.write_json(&json)?;
        eprintln!("the figures as JSON: {}", json.display());
        if let Some(path) = &settings.chart {
            self.draw(path)?;
        }
        if settings.publish {
            self.draw(&program::source("chart.svg"))?;
            self.publish(&program::source("README.md"))?;
        }
        Ok(())
    }
}
