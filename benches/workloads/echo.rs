//! W6: a server that sends back what it gets, in its own process on its own core.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use super::load::{self, Clients};
use super::{Metric, Workload};
use crate::args::Settings;
use crate::child::{self, Server};
use crate::machine;
use crate::peers::{Peer, eventlet, limit, tokio};

/// Echo with a number of connections, each of which always has one message under way.
#[derive(Clone, Copy)]
pub(super) struct Echo {
    name: &'static str,
    title: &'static str,
    n_connections: usize,
}

pub(super) const ALL: &[Echo] = &[
    Echo { name: "echo-1", title: "W6 echo, 1 connection", n_connections: 1 },
    Echo { name: "echo-50", title: "W6 echo, 50 connections", n_connections: 50 },
    Echo { name: "echo-1000", title: "W6 echo, 1,000 connections", n_connections: 1000 },
];

impl Workload for Echo {
    fn name(&self) -> &str {
        self.name
    }

    fn title(&self) -> &str {
        self.title
    }

    fn metrics(&self) -> &'static [Metric] {
        &[
            Metric { unit: "requests/s", better: "more" },
            Metric { unit: "server CPU ns", better: "less" },
        ]
    }

    fn peers(&self) -> Vec<Peer> {
        Peer::ALL.to_vec()
    }

    fn run(&self, peer: Peer, settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>> {
        machine::raise_descriptor_limit();
        let server = Server::start(peer)?;
        machine::pin_to(machine::CLIENT_CORE);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()));
        let mut clients = Clients::connect(address, self.n_connections)?;
        let window = settings.window();
        clients.run_for(window / 5)?;
        let before = server.cpu_time()?;
        let load::Done { n_messages, elapsed } = clients.run_for(window)?;
        let cpu = server.cpu_time()? - before;
        let n_messages = n_messages as f64;
        Ok(vec![n_messages / elapsed.as_secs_f64(), cpu.as_nanos() as f64 / n_messages])
    }
}

/// Is the server, until stdin closes.
pub(crate) fn serve(peer: Peer) -> io::Result<()> {
    machine::pin_to(machine::SERVER_CORE);
    child::exit_with_parent();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    match peer {
        Peer::Eventlet => eventlet::serve_echo(listener),
        Peer::Tokio => tokio::serve_echo(listener),
        Peer::Limit => limit::serve_echo(listener),
    }
}
