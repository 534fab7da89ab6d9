//! Workloads with a server, in its own process on its own core: W6, W7 and W8.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::Duration;
use std::{io, iter};

use super::load::{Clients, Closing, Dialogue, Done, Echo, Http};
use super::metric::{Metric, Target};
use super::{HELLO, JSON, Page, Workload};
use crate::args::Settings;
use crate::peers::Peer;
use crate::peers::program::Program;

/// A server under a load that waits for each answer before it asks again.
pub(super) struct Network {
    name: &'static str,
    title: &'static str,
    server: &'static str,
    load: Load,
    metrics: &'static [Metric],
}

/// What the clients do.
enum Load {
    /// Messages on so many connections.
    Echo(usize),
    /// So many requests at a time for the page on each of [`HTTP_CONNECTIONS`].
    Http(&'static LazyLock<Page>, usize),
    /// A message on a new connection each time, so many of them at once.
    Connect(usize),
}

const HTTP_CONNECTIONS: usize = 64;

/// Requests a second, and the server's CPU time for each.
const fn metrics(rate: f64, cpu: f64) -> [Metric; 2] {
    [
        Metric::more("requests/s", Target::To(Peer::Tokio, rate)),
        Metric::less("server CPU ns", Target::To(Peer::Tokio, cpu)),
    ]
}

pub(super) const ALL: &[Network] = &[
    Network {
        name: "echo-1",
        title: "W6 echo, 1 connection",
        server: "echo",
        load: Load::Echo(1),
        metrics: &metrics(1.0, 1.0),
    },
    Network {
        name: "echo-50",
        title: "W6 echo, 50 connections",
        server: "echo",
        load: Load::Echo(50),
        metrics: &metrics(1.0, 1.0),
    },
    Network {
        name: "echo-1000",
        title: "W6 echo, 1,000 connections",
        server: "echo",
        load: Load::Echo(1000),
        metrics: &metrics(1.0, 0.95),
    },
    Network {
        name: "http-64",
        title: "W7 HTTP, 64 connections",
        server: "http",
        load: Load::Http(&HELLO, 1),
        metrics: &metrics(1.0, 0.88),
    },
    Network {
        name: "http-pipelined",
        title: "W7 HTTP, pipelined ×16",
        server: "http",
        load: Load::Http(&HELLO, 16),
        metrics: &metrics(1.22, 0.51),
    },
    Network {
        name: "http-json",
        title: "W7 HTTP, 1 KB of JSON",
        server: "json",
        load: Load::Http(&JSON, 1),
        metrics: &metrics(1.0, 0.88),
    },
    Network {
        name: "connect",
        title: "W8 connect, exchange, close",
        server: "connect",
        load: Load::Connect(32),
        metrics: &[
            Metric::more("connections/s", Target::Unset),
            Metric::less("server CPU ns", Target::To(Peer::Tokio, 0.89)),
        ],
    },
];

impl Workload for Network {
    fn name(&self) -> &'static str {
        self.name
    }

    fn skill(&self) -> &'static str {
        self.server
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn metrics(&self) -> &'static [Metric] {
        self.metrics
    }

    fn run(&self, program: &Program, settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>> {
        let server = program.start_server(self.server)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        let mut run_for = self.load.clients(address)?;
        let window = settings.window();
        run_for(window / 5)?;
        let before = server.cpu_time()?;
        let Done { n_answers, elapsed } = run_for(window)?;
        let cpu = server.cpu_time()? - before;
        let n_answers = n_answers as f64;
        Ok(vec![n_answers / elapsed.as_secs_f64(), cpu.as_nanos() as f64 / n_answers])
    }
}

/// Keeps a server busy for a while.
type RunFor = Box<dyn FnMut(Duration) -> io::Result<Done>>;

impl Load {
    fn clients(&self, address: SocketAddr) -> io::Result<RunFor> {
        match *self {
            Load::Echo(n) => run_for(address, Closing::Never, (0..n).map(Echo::new)),
            Load::Connect(n) => run_for(address, Closing::AfterAnswer, (0..n).map(Echo::new)),
            Load::Http(page, depth) => {
                let http = Http::new(address, page, depth)?;
                let dialogues = iter::repeat_n(http, HTTP_CONNECTIONS);
                run_for(address, Closing::Never, dialogues)
            }
        }
    }
}

fn run_for<D: Dialogue + 'static>(
    address: SocketAddr,
    closing: Closing,
    dialogues: impl Iterator<Item = D>,
) -> io::Result<RunFor> {
    let mut clients = Clients::connect(address, closing, dialogues)?;
    Ok(Box::new(move |window| clients.run_for(window)))
}
