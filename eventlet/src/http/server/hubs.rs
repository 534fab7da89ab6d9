//! A server of several hubs: each has an OS thread, a listener and connections of its own.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::Server;
use super::accept::Acceptor;
use super::room::Room;
use super::running::Running;
use super::service::{App, Service};
use crate::convenience::accept::Places;
use crate::convenience::serve::branches::{Share, listeners};
use crate::green::net::TcpListener;
use crate::green::sync::mpsc::{Receiver, Sender, channel};
use crate::greenthread::{GreenThread, Handle, spawn};
use crate::http::request::Request;
use crate::http::response::IntoResponse;
use crate::hubs::{HubHandle, RemoteThread, spawn_hub};

/// A server of several hubs in the making; made by [`Server::hubs`].
#[must_use = "nothing is served until `serve` or `start`"]
pub struct ServerHubs<A> {
    server: Server<A>,
    n_hubs: usize,
}

/// How long a hub may take to end when its connections have.
const PATIENCE: Duration = Duration::from_secs(1);

/// The server is to stop, within this time if there is a limit.
type Order = Option<Duration>;

/// A hub that serves as well: whether all of its requests ended by themselves.
type Ended = io::Result<bool>;

impl<A, R> ServerHubs<A>
where
    A: Fn(&mut Request) -> R + Send + Sync + 'static,
    R: IntoResponse + 'static,
{
    pub(super) fn new(server: Server<A>, n_hubs: usize) -> Self {
        ServerHubs { server, n_hubs }
    }

    /// Starts to serve: in green threads of this OS thread, and of others.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if there are to be no hubs or no
    /// connections, or a pool is to serve them; and if there cannot be another OS thread or listener.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let server = Server::new(|_: &mut Request| "hello").hubs(2).start(listener)?;
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start(self, listener: TcpListener) -> io::Result<Running> {
        self.check()?;
        let share = Share { n_hubs: self.n_hubs, concurrency: self.server.max_connections };
        let app = Arc::new(self.server.app);
        let mut branches = Branches::new();
        let of_others = listeners(&listener, share.n_others())?;
        for (index, listener) in of_others.enumerate() {
            let (app, settings) = (app.clone(), self.server.settings.clone());
            let (log, n_places) = (self.server.log.clone(), share.of(index + 1));
            branches.start(move |orders| {
                let app = move |request: &mut Request| app(request);
                let service = Service::new(app, settings, log);
                let room = Room::Places(Places::new(n_places));
                serve_branch(Acceptor::new(service, listener.listener, room), orders)
            })?;
        }
        let app = move |request: &mut Request| app(request);
        let service = Service::new(app, self.server.settings, self.server.log);
        let room = Room::Places(Places::new(share.of(0)));
        Running::start(Acceptor::new(service, listener, room), branches)
    }

    /// Serves until the listener is closed, or one of the hubs cannot accept any more.
    ///
    /// # Errors
    ///
    /// Fails where [`start`](ServerHubs::start) does, and if a listener cannot accept any more.
    ///
    /// # Switching
    ///
    /// Switches until then.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let refused = Server::new(|_: &mut Request| "hello").hubs(0).serve(listener);
    /// assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn serve(self, listener: TcpListener) -> io::Result<()> {
        self.start(listener)?.wait()
    }

    fn check(&self) -> io::Result<()> {
        let is_wrong = self.n_hubs == 0 || self.server.max_connections == 0;
        let text = match &self.server.pool {
            Some(_) => "a GreenPool belongs to one hub, and cannot serve several",
            None if is_wrong => "a server without hubs or connections serves nobody",
            None => return Ok(()),
        };
        Err(io::Error::new(io::ErrorKind::InvalidInput, text))
    }
}

/// Serves in another hub until it is to stop.
fn serve_branch<A: App>(acceptor: Acceptor<A>, orders: Receiver<Order>) -> Ended {
    let running = Rc::new(Running::start(acceptor, Branches::new())?);
    let theirs = running.clone();
    let stopper = spawn(move || match orders.recv() {
        Ok(Some(limit)) => theirs.stop_within(limit),
        Ok(None) | Err(_) => {
            theirs.stop();
            true
        }
    });
    running.wait()?;
    Ok(stopper.wait().unwrap_or(false))
}

/// The other hubs of a server that starts.
pub(super) struct Branches {
    list: Vec<Branch>,
}

struct Branch {
    hub: HubHandle,
    orders: Sender<Order>,
    thread: RemoteThread<Ended>,
}

impl Branches {
    /// None yet.
    pub(super) fn new() -> Self {
        Branches { list: Vec::new() }
    }

    fn start(
        &mut self,
        begin: impl FnOnce(Receiver<Order>) -> Ended + Send + 'static,
    ) -> io::Result<()> {
        let hub = spawn_hub()?;
        let (orders, ordered) = channel();
        let thread = hub.spawn(move || begin(ordered));
        self.list.push(Branch { hub, orders, thread });
        Ok(())
    }

    /// Lets the first hub stop accepting, too, when one of the others does.
    pub(super) fn watch(self, accepting: &Handle) -> Watched {
        let watched = self.list.into_iter().map(|Branch { hub, orders, thread }| {
            let accepting = accepting.clone();
            let watcher = spawn(move || {
                let ended = thread.wait();
                accepting.kill();
                ended.unwrap_or_else(|exit| Err(exit.into()))
            });
            WatchedBranch { hub, orders, watcher }
        });
        Watched { list: Cell::new(watched.collect()) }
    }
}

/// The other hubs of a server that runs. Dropped, they stop in their own time.
pub(super) struct Watched {
    list: Cell<Vec<WatchedBranch>>,
}

struct WatchedBranch {
    hub: HubHandle,
    orders: Sender<Order>,
    watcher: GreenThread<Ended>,
}

impl Watched {
    /// Has all of them stop. What this gives is to be waited for.
    pub(super) fn stop(&self, order: Order) -> Stopping {
        let list = self.list.take();
        for branch in &list {
            // One that has ended needs no order.
            let _ = branch.orders.send(order);
        }
        Stopping { list }
    }
}

/// Hubs that stop.
pub(super) struct Stopping {
    list: Vec<WatchedBranch>,
}

impl Stopping {
    /// Waits until they have; says whether all of their requests ended by themselves.
    pub(super) fn wait(self) -> Ended {
        let ends = self.list.into_iter().map(|WatchedBranch { hub, watcher, .. }| {
            let ended = watcher.wait().unwrap_or_else(|exit| Err(exit.into()));
            hub.shutdown(PATIENCE);
            ended
        });
        // Each is waited for, whatever came of those before it.
        let ends: Vec<_> = ends.collect();
        ends.into_iter().try_fold(true, |are_clean, ended| Ok(are_clean & ended?))
    }
}
