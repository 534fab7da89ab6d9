//! Who does the work: one file per peer, with one function per workload.

pub(crate) mod eventlet;
pub(crate) mod limit;
pub(crate) mod tokio;

use std::fmt;
use std::str::FromStr;

/// One of those compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    Eventlet,
    /// A current-thread runtime with a `LocalSet`: the same one-core setting as a hub.
    Tokio,
    /// What the kernel lets through at best: a hand-written epoll loop that does nothing else.
    Limit,
}

impl Peer {
    pub(crate) const ALL: [Peer; 3] = [Peer::Eventlet, Peer::Tokio, Peer::Limit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Eventlet => "eventlet",
            Peer::Tokio => "tokio",
            Peer::Limit => "limit",
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Peer::ALL.into_iter().find(|peer| peer.name() == name);
        known.ok_or_else(|| format!("no peer is called {name}"))
    }
}
