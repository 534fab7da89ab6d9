//! Servers for one test, and what they log.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use eventlet::http::{IntoResponse, Request, Running, Server};
use eventlet_tests::check;

/// Runs the body of a test while a server serves; afterwards nothing of the server must be left.
pub fn while_serving<A, R>(server: Server<A>, body: impl FnOnce(SocketAddr))
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse + 'static,
{
    check(|| {
        let (running, address) = start_server(server);
        body(address);
        running.stop();
    });
}

/// Starts a server of an application, with the settings that hold by default, at a free port.
pub fn start<A, R>(app: A) -> (Running, SocketAddr)
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse + 'static,
{
    start_server(Server::new(app))
}

/// Starts a server at a free port.
pub fn start_server<A, R>(server: Server<A>) -> (Running, SocketAddr)
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse + 'static,
{
    let listener = eventlet::listen("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("an address");
    (server.start(listener).expect("it starts"), address)
}

/// The lines that a server logs.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// For [`Server::log`].
    pub fn sink(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let lines = self.0.clone();
        move |line| lines.lock().unwrap().push(line.to_owned())
    }

    /// Takes the lines that there are.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}
