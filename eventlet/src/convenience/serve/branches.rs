//! The other hubs of a server: their listeners, their accept loops, and how they are stopped.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use super::KillOnDrop;
use super::server::{Server, result_of};
use crate::convenience::outcome::Outcome;
use crate::green::net::{TcpListener, TcpStream};
use crate::green::sync::mpsc::{Receiver, Sender, channel};
use crate::greenio::{Sharing, Source, share_port};
use crate::hubs::{HubHandle, RemoteThread, spawn_hub};

/// How the connections that are handled at once are shared out.
pub(crate) struct Share {
    pub(crate) n_hubs: usize,
    pub(crate) concurrency: usize,
}

impl Share {
    /// How many hubs are needed besides this one: a hub without a share would serve nobody.
    pub(crate) fn n_others(&self) -> usize {
        self.n_hubs.min(self.concurrency) - 1
    }

    pub(crate) fn of(&self, index: usize) -> usize {
        let n_hubs = self.n_others() + 1;
        self.concurrency / n_hubs + usize::from(index < self.concurrency % n_hubs)
    }
}

/// A listener of another hub.
pub(crate) struct BranchListener {
    pub(crate) listener: TcpListener,
    /// Whether connections wait in it that will be refused when it is closed.
    has_queue: bool,
}

/// Listeners for so many more hubs.
pub(crate) fn listeners(
    first: &TcpListener,
    n: usize,
) -> io::Result<impl Iterator<Item = BranchListener>> {
    let (listeners, has_queue) = match share_port(first.source().get(), n) {
        Sharing::Spread(listeners) => {
            let green = |listener| TcpListener::new(Source::of_nonblocking(listener));
            (listeners.into_iter().map(green).collect(), true)
        }
        Sharing::Impossible => {
            let clones: io::Result<Vec<_>> = (0..n).map(|_| first.try_clone()).collect();
            (clones?, false)
        }
    };
    Ok(listeners.into_iter().map(move |listener| BranchListener { listener, has_queue }))
}

/// The other hubs. Dropped, they stop accepting, and end in their own time.
pub(super) struct Branches {
    drain: Duration,
    hubs: Vec<HubHandle>,
    /// Nothing is sent: a hub stops accepting when its own is dropped.
    stops: Vec<Sender<Infallible>>,
}

impl Branches {
    /// None yet; when they stop, they have as long as `drain` to end.
    pub(super) fn new(drain: Duration) -> Self {
        Branches { drain, hubs: Vec::new(), stops: Vec::new() }
    }

    /// Starts another hub, which accepts until it is to stop.
    pub(super) fn start<T: Send + 'static>(
        &mut self,
        begin: impl FnOnce(Receiver<Infallible>) -> T + Send + 'static,
    ) -> io::Result<RemoteThread<T>> {
        let hub = spawn_hub()?;
        let (stop, stopped) = channel();
        let thread = hub.spawn(move || begin(stopped));
        self.hubs.push(hub);
        self.stops.push(stop);
        Ok(thread)
    }

    /// Lets all hubs stop accepting and drain at once.
    fn stop(&mut self) {
        self.stops.clear();
        for hub in &self.hubs {
            hub.request_shutdown(self.drain);
        }
    }

    /// Waits until all have ended; says of each whether it has not, since a handler in it computes
    /// or blocks.
    pub(super) fn end(mut self) -> Vec<bool> {
        self.stop();
        self.hubs.iter().map(|hub| hub.shutdown(self.drain).is_stuck).collect()
    }
}

impl Drop for Branches {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Accepts in another hub until the server stops.
pub(super) fn accept_in_branch<H, R>(
    server: Rc<Server<H>>,
    branch: BranchListener,
    stopped: Receiver<Infallible>,
) -> io::Result<()>
where
    H: Fn(TcpStream, SocketAddr) -> R + 'static,
    R: Outcome + 'static,
{
    let listener = Rc::new(branch.listener);
    let acceptor = server.start(listener.clone())?;
    let guard = KillOnDrop(acceptor.handle());
    let accepting = acceptor.handle();
    let stopper = server.helper(move || {
        let _ = stopped.recv();
        accepting.kill();
    })?;
    let ended = acceptor.wait();
    stopper.kill();
    drop(guard);
    if branch.has_queue {
        // The server stops meanwhile: nobody waits for this but the shutdown of the hub.
        let the_rest = server.clone();
        server.helper(move || the_rest.accept_the_rest(&listener))?;
    }
    result_of(ended)
}
