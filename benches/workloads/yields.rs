//! W2: threads that do nothing but give way to each other.

use super::in_process::InProcess;
use crate::peers::{Peer, eventlet, tokio};

pub(super) const ALL: &[InProcess] = &[
    InProcess {
        name: "yield-2",
        title: "W2 yield, 2 threads",
        operations: 5_000_000,
        jobs: &[(Peer::Eventlet, eventlet::yields::<2>), (Peer::Tokio, tokio::yields::<2>)],
    },
    InProcess {
        name: "yield-1000",
        title: "W2 yield, 1,000 threads",
        operations: 5_000_000,
        jobs: &[(Peer::Eventlet, eventlet::yields::<1000>), (Peer::Tokio, tokio::yields::<1000>)],
    },
];
