//! W5: a limit of 5 s round something that is over at once.

use super::in_process::InProcess;
use crate::peers::{Peer, eventlet, tokio};

pub(super) const ALL: &[InProcess] = &[
    InProcess {
        name: "timeout-ready",
        title: "W5 timeout round a ready value",
        operations: 1_000_000,
        jobs: &[(Peer::Eventlet, eventlet::timeout_ready), (Peer::Tokio, tokio::timeout_ready)],
    },
    InProcess {
        name: "timeout-yield",
        title: "W5 timeout round one yield",
        operations: 1_000_000,
        jobs: &[(Peer::Eventlet, eventlet::timeout_yield), (Peer::Tokio, tokio::timeout_yield)],
    },
];
