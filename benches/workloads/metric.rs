//! The quantities of the table, and what eventlet is to reach in them.

use crate::peers::Peer;

/// A quantity of the table.
pub(crate) struct Metric {
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    pub(crate) target: Target,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    Less,
    More,
}

/// What eventlet is to reach.
pub(crate) enum Target {
    /// A ratio to a peer in the same rounds.
    To(Peer, f64),
    /// A value.
    Value(f64),
    /// That it can be done at all.
    Possible,
    /// Nothing was set.
    Unset,
}

impl Metric {
    pub(super) const fn less(unit: &'static str, target: Target) -> Self {
        Metric { unit, better: Better::Less, target }
    }

    pub(super) const fn more(unit: &'static str, target: Target) -> Self {
        Metric { unit, better: Better::More, target }
    }
}

impl Better {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Better::Less => "less",
            Better::More => "more",
        }
    }

    /// Whether `value` is on the right side of `bound`.
    pub(crate) fn reaches(self, value: f64, bound: f64) -> bool {
        match self {
            Better::Less => value <= bound,
            Better::More => value >= bound,
        }
    }

    pub(crate) fn sign(self) -> char {
        match self {
            Better::Less => '≤',
            Better::More => '≥',
        }
    }
}
