//! Who does the work: a folder per peer, with a function, or a branch, per workload.

mod eventlet;
mod http;
mod limit;
mod may;
mod native;
pub(crate) mod program;
mod tokio;

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::str::FromStr;
use std::thread;

use crate::args::Order;
use crate::workloads::Job;

/// One of those compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    Eventlet,
    /// A current-thread runtime with a `LocalSet`: the same one-core setting as a hub.
    Tokio,
    /// Stackful coroutines that migrate between OS threads; here there is one.
    May,
    /// Goroutines, with `GOMAXPROCS=1`.
    Go,
    /// What std has of the same name, for OS threads.
    Std,
    /// Python's greenlets on libev.
    Gevent,
    /// Python's Eventlet.
    PyEventlet,
    /// What is left when nothing is between the work and the machine: for servers an epoll loop
    /// without tasks, for jobs the bare switch of the coroutine crate.
    Limit,
}

/// What a peer written in Rust can do, by name.
struct Skills {
    jobs: &'static [(&'static str, Job)],
    servers: &'static [(&'static str, Serve)],
}

/// Serves for as long as the process lives.
enum Serve {
    /// On a listener.
    On(fn(TcpListener) -> io::Result<()>),
    /// Where it listens itself; by the time it returns, it does.
    At(fn(SocketAddr) -> io::Result<()>),
}

impl Peer {
    /// In the order of the table.
    pub(crate) const ALL: [Peer; 8] = [
        Peer::Eventlet,
        Peer::Tokio,
        Peer::May,
        Peer::Go,
        Peer::Std,
        Peer::Gevent,
        Peer::PyEventlet,
        Peer::Limit,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Eventlet => "eventlet",
            Peer::Tokio => "tokio",
            Peer::May => "may",
            Peer::Go => "go",
            Peer::Std => "std",
            Peer::Gevent => "gevent",
            Peer::PyEventlet => "eventlet-py",
            Peer::Limit => "limit",
        }
    }

    /// How many of a job's `operations` it does: fewer where it takes longer, or can do no more.
    pub(crate) fn share(self, job: &str, operations: u64) -> u64 {
        match (self, job) {
            (Peer::May, "sleepers") => operations / 5,
            // What is counted is a second with so many sleeps.
            (_, "sleeps") => operations,
            (Peer::Gevent | Peer::PyEventlet, _) => operations / 20,
            _ => operations,
        }
    }

    /// What a reader of this row, or of its absence, ought to know.
    pub(crate) fn remark(self, skill: &str) -> Option<&'static str> {
        match (self, skill) {
            (Peer::May, "timeout-ready" | "timeout-yield") => {
                Some("it has no timeout for a stretch of code")
            }
            (Peer::May, "ping-pong" | "stream") => Some("its channels have no limit"),
            (Peer::May, "sleepers") => {
                Some("a fifth of the sleepers: it panics near 32,700, when mappings run out")
            }
            (Peer::May, "sleeps" | "million") => {
                Some("it panics near 32,700 coroutines, when mappings run out")
            }
            (Peer::Gevent | Peer::PyEventlet, "sleepers") => Some("a twentieth of the sleepers"),
            _ => None,
        }
    }

    /// What it can do, if it is part of this program.
    fn skills(self) -> Option<Skills> {
        match self {
            Peer::Eventlet => Some(eventlet::SKILLS),
            Peer::Tokio => Some(tokio::SKILLS),
            Peer::May => Some(may::SKILLS),
            Peer::Std => Some(native::SKILLS),
            Peer::Limit => Some(limit::SKILLS),
            Peer::Go | Peer::Gevent | Peer::PyEventlet => None,
        }
    }
}

/// Is the program of a peer that is written in Rust.
pub(crate) fn obey(peer: Peer, order: &Order) -> Result<(), Box<dyn Error>> {
    let skills = peer.skills().ok_or_else(|| format!("{peer} is a program of its own"))?;
    let unknown = |name| format!("{peer} cannot do {name}");
    match order {
        Order::About => {
            let jobs = skills.jobs.iter().map(|(name, _)| *name);
            let names: Vec<_> = jobs.chain(skills.servers.iter().map(|(name, _)| *name)).collect();
            println!("{}\n{}", program::locked_version(peer), names.join(" "));
        }
        Order::Job { name, operations } => {
            let job = skills.jobs.iter().find(|(known, _)| known == name);
            let (_, job) = job.ok_or_else(|| unknown(name))?;
            let values = job.run(*operations)?;
            println!("{}", values.iter().map(f64::to_string).collect::<Vec<_>>().join(" "));
        }
        Order::Server { name } => {
            let serve = skills.servers.iter().find(|(known, _)| known == name);
            let (_, serve) = serve.ok_or_else(|| unknown(name))?;
            program::exit_with_parent();
            serve.begin()?;
        }
    }
    Ok(())
}

impl Serve {
    /// Serves, and tells the port.
    fn begin(&self) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        match self {
            Serve::On(serve) => {
                println!("{}", address.port());
                serve(listener)
            }
            Serve::At(start) => {
                drop(listener);
                start(address)?;
                println!("{}", address.port());
                loop {
                    thread::park();
                }
            }
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
