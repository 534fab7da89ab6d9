//! Whether eventlet reaches what it is to reach.

use std::fmt;

use crate::peers::Peer;
use crate::workloads::{Metric, Target};

pub(super) struct Verdict {
    /// For instance `≤ 0.20 × tokio`.
    pub(super) target: String,
    pub(super) is_met: bool,
}

impl Verdict {
    /// Compares a value, or a ratio `to` someone, with the metric's target. `None` where there is
    /// none, or where the other one did not take part.
    pub(super) fn on(
        metric: &Metric,
        peer: Peer,
        value: Option<f64>,
        to: impl Fn(Peer) -> Option<f64>,
    ) -> Option<Self> {
        if peer != Peer::Eventlet {
            return None;
        }
        let sign = metric.better.sign();
        let (found, bound, target) = match metric.target {
            Target::To(other, 1.0) => (to(other), 1.0, format!("{sign} {other}")),
            Target::To(other, bound) => (to(other), bound, format!("{sign} {bound:.2} × {other}")),
            Target::Value(bound) => (value, bound, format!("{sign} {bound}")),
            Target::Possible => (value, value?, "at all".to_owned()),
            Target::Unset => return None,
        };
        Some(Verdict { target, is_met: metric.better.reaches(found?, bound) })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.target, if self.is_met { "met" } else { "**not met**" })
    }
}
