//! The table: median, min and max of each peer, and how eventlet compares.

use std::fmt;

use crate::peers::Peer;
use crate::workloads::{Metric, Workload};

/// The runs of one workload: for each peer a value per metric and round.
#[derive(Default)]
pub(crate) struct Samples {
    runs: Vec<(Peer, Vec<f64>)>,
}

impl Samples {
    pub(crate) fn add(&mut self, peer: Peer, values: Vec<f64>) {
        self.runs.push((peer, values));
    }

    /// The values of one metric of one peer, in the order of the rounds.
    fn of(&self, peer: Peer, metric: usize) -> Vec<f64> {
        self.runs.iter().filter(|(p, _)| *p == peer).map(|(_, values)| values[metric]).collect()
    }

    /// The median over the rounds of eventlet's value divided by tokio's in the same round: what
    /// slows a whole round down has no part in it.
    fn ratio(&self, metric: usize) -> f64 {
        let pairs = self.of(Peer::Eventlet, metric).into_iter().zip(self.of(Peer::Tokio, metric));
        median(pairs.map(|(ours, theirs)| ours / theirs).collect())
    }
}

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

struct Line {
    title: String,
    metric: &'static Metric,
    /// One per peer, in the order of the columns.
    cells: Vec<String>,
    ratio: f64,
}

impl Report {
    pub(crate) fn add(&mut self, workload: &dyn Workload, samples: Samples) {
        for (index, metric) in workload.metrics().iter().enumerate() {
            let cell = |peer| summary(samples.of(peer, index));
            self.lines.push(Line {
                title: workload.title().to_owned(),
                metric,
                cells: Peer::ALL.into_iter().map(cell).collect(),
                ratio: samples.ratio(index),
            });
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {:34} | {:13} ", "workload", "unit")?;
        for peer in Peer::ALL {
            write!(f, "| {peer:25} ")?;
        }
        writeln!(f, "| ratio | better |\n|---|---|{}---:|---|", "---:|".repeat(Peer::ALL.len()))?;
        for Line { title, metric, cells, ratio } in &self.lines {
            write!(f, "| {title:34} | {:13} ", metric.unit)?;
            for cell in cells {
                write!(f, "| {cell:>25} ")?;
            }
            writeln!(f, "| {ratio:5.2} | {:6} |", metric.better)?;
        }
        Ok(())
    }
}

/// `median (min–max)`; empty for a peer that does not take part.
fn summary(values: Vec<f64>) -> String {
    if values.is_empty() {
        return String::new();
    }
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(0.0, f64::max);
    format!("{} ({}–{})", number(median(values)), number(min), number(max))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

/// Three digits or whole numbers, whichever is more.
fn number(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}
