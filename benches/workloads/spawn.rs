//! W1: start a thread with an empty body, and collect its result.

use super::in_process::InProcess;
use crate::peers::{Peer, eventlet, tokio};

pub(super) const ALL: &[InProcess] = &[
    InProcess {
        name: "spawn",
        title: "W1 spawn + wait, one by one",
        operations: 2_000_000,
        jobs: &[(Peer::Eventlet, eventlet::spawn_each), (Peer::Tokio, tokio::spawn_each)],
    },
    InProcess {
        name: "spawn-batch",
        title: "W1 spawn + wait, batches of 1,000",
        operations: 2_000_000,
        jobs: &[
            (Peer::Eventlet, eventlet::spawn_batches::<1000>),
            (Peer::Tokio, tokio::spawn_batches::<1000>),
        ],
    },
];
