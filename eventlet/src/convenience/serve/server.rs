//! The accept loop, and what becomes of each connection.

use std::borrow::Borrow;
use std::cell::OnceCell;
use std::io;
use std::net::SocketAddr;
use std::panic::Location;
use std::rc::Rc;

use crate::convenience::accept::{self, Place, Places};
use crate::convenience::outcome::{Outcome, Verdict};
use crate::green::net::{TcpListener, TcpStream};
use crate::greenthread::{Builder, Exit, GreenThread, Handle};

/// What the accept loop and the handlers of one hub share.
pub(super) struct Server<H> {
    handler: H,
    /// Where `serve` was called: the place that handlers are reported to be spawned at.
    called_at: &'static Location<'static>,
    places: Rc<Places>,
    /// The accept loop, to be killed by a handler that stops the server.
    acceptor: OnceCell<Handle>,
}

impl<H, R> Server<H>
where
    H: Fn(TcpStream, SocketAddr) -> R + 'static,
    R: Outcome + 'static,
{
    /// A server that handles so many connections at once.
    pub(super) fn new(
        handler: H,
        concurrency: usize,
        called_at: &'static Location<'static>,
    ) -> Rc<Self> {
        let places = Places::new(concurrency);
        Rc::new(Server { handler, called_at, places, acceptor: OnceCell::new() })
    }

    /// Starts the accept loop. It runs in a green thread of its own, so that a handler can end it
    /// by a kill wherever it waits.
    pub(super) fn start(
        self: &Rc<Self>,
        listener: impl Borrow<TcpListener> + 'static,
    ) -> io::Result<GreenThread<io::Result<()>>> {
        let server = self.clone();
        let acceptor = self.helper(move || server.accept_all(listener.borrow()))?;
        let _ = self.acceptor.set(acceptor.handle());
        Ok(acceptor)
    }

    /// A green thread of the server's own.
    pub(super) fn helper<T: 'static>(
        &self,
        f: impl FnOnce() -> T + 'static,
    ) -> io::Result<GreenThread<T>> {
        Builder::new().name("serve").spawn_for(self.called_at, f)
    }

    /// Accepts until the listener fails or is closed, or until it is killed.
    fn accept_all(self: Rc<Self>, listener: &TcpListener) -> io::Result<()> {
        accept::accept_all(|| self.accept_one(listener))
    }

    fn accept_one(self: &Rc<Self>, listener: &TcpListener) -> io::Result<()> {
        let place = self.places.take();
        let (stream, address) = listener.accept()?;
        let server = self.clone();
        Builder::new().spawn_for(self.called_at, move || server.handle(stream, address, place))?;
        Ok(())
    }

    /// Accepts the connections that wait already, so that closing the listener refuses none.
    pub(super) fn accept_the_rest(self: Rc<Self>, listener: &TcpListener) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        match self.accept_all(listener) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            other => other,
        }
    }

    fn handle(&self, stream: TcpStream, address: SocketAddr, place: Place) {
        match (self.handler)(stream, address).into_verdict() {
            Verdict::GoOn => {}
            Verdict::Failed(error) if is_the_peers_doing(&error) => {}
            Verdict::Failed(error) => {
                notice!("eventlet: the connection from {address} failed: {error}");
            }
            Verdict::Stop => {
                if let Some(acceptor) = self.acceptor.get() {
                    acceptor.kill();
                }
            }
        }
        drop(place);
    }
}

/// What a server returns when its accept loop has ended so.
pub(super) fn result_of(ended: Result<io::Result<()>, Exit>) -> io::Result<()> {
    match ended {
        Ok(result) => result,
        // A handler has returned `StopServe`.
        Err(exit) if exit.is_killed() => Ok(()),
        Err(exit) if exit.is_abandoned() => Err(exit.into()),
        Err(exit) => exit.resume(),
    }
}

/// Whether an error only says that the peer has gone away.
fn is_the_peers_doing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}
