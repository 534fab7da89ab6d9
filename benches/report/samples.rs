//! What the runs of one workload came to.

use crate::peers::Peer;

/// For each run a value per metric.
#[derive(Default)]
pub(crate) struct Samples {
    runs: Vec<(Peer, Vec<f64>)>,
}

impl Samples {
    pub(crate) fn add(&mut self, peer: Peer, values: Vec<f64>) {
        self.runs.push((peer, values));
    }

    /// The values of one metric of one peer, in the order of the rounds.
    pub(super) fn of(&self, peer: Peer, metric: usize) -> Vec<f64> {
        self.runs.iter().filter(|(p, _)| *p == peer).map(|(_, values)| values[metric]).collect()
    }

    /// The median over the rounds of one peer's value divided by the other's in the same round:
    /// what slows a whole round down has no part in it.
    pub(super) fn ratio(&self, metric: usize, peer: Peer, other: Peer) -> Option<f64> {
        let pairs = self.of(peer, metric).into_iter().zip(self.of(other, metric));
        median(pairs.map(|(value, others)| value / others).filter(|r| r.is_finite()).collect())
    }
}

/// `None` if there are no values.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => Some(values[middle]),
        _ => Some((values[middle.checked_sub(1)?] + values[middle]) / 2.0),
    }
}
