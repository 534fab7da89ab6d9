//! A server of several hubs that share a port.
//!
//! ```text
//!   this hub:  accept loop ◄── kill ── watchers ── wait ──┐
//!   hub-1:     accept loop ◄── kill ── stopper            │ the first loop that
//!   hub-2:     accept loop ◄── kill ── stopper            │ ends stops all
//!                    └────────────────────────────────────┘
//! ```

use std::borrow::Borrow;
use std::io;
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::branches::{Branches, Share, accept_in_branch, listeners};
use super::server::{Server, result_of};
use super::{KillOnDrop, Serve};
use crate::convenience::outcome::Outcome;
use crate::green::net::{TcpListener, TcpStream};
use crate::greenthread::{Exit, GreenThread};
use crate::hubs::RemoteThread;

/// How long connections may go on in other hubs when the server stops, unless it is told.
const DRAIN: Duration = Duration::from_secs(10);

/// A server of several hubs in the making; made by [`Serve::hubs`].
///
/// Every hub accepts for itself. On Linux each has a listener of its own at the same address, and
/// the system spreads the connections over them (`SO_REUSEPORT`, which is switched on for the
/// listener that was given: from then on, other processes of the same user may share its port,
/// too). Where that cannot be done, all accept from the one listener.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::{Serve, StopServe};
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let client = eventlet::spawn(move || -> std::io::Result<Vec<u8>> {
///     let mut stream = eventlet::connect(address)?;
///     stream.write_all(b"x")?;
///     let mut answer = Vec::new();
///     stream.read_to_end(&mut answer)?;
///     Ok(answer)
/// });
/// Serve::new(listener).hubs(2).run(|mut stream, _address| {
///     stream.read_exact(&mut [0])?;
///     stream.write_all(b"served by one of two hubs")?;
///     std::io::Result::Err(StopServe.into())
/// })?;
/// assert_eq!(client.wait().unwrap()?, b"served by one of two hubs");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is served until `run`"]
pub struct ServeHubs<L> {
    serve: Serve<L>,
    n_hubs: usize,
    drain: Duration,
}

impl<L: Borrow<TcpListener> + 'static> ServeHubs<L> {
    pub(super) fn new(serve: Serve<L>, n_hubs: usize) -> Self {
        ServeHubs { serve, n_hubs, drain: DRAIN }
    }

    /// Sets how many connections are handled at once, by all hubs together; 1,000 by default.
    ///
    /// Every hub has an equal share of them.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// let serve = eventlet::Serve::new(eventlet::listen("127.0.0.1:0")?).hubs(2).concurrency(0);
    /// let refused = serve.run(|_stream, _address| ());
    /// assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn concurrency(mut self, connections: usize) -> Self {
        self.serve.concurrency = connections;
        self
    }

    /// Sets how long the connections that other hubs handle may go on when the server stops; 10
    /// seconds by default. Those that are left then are killed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{Serve, StopServe};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let client = eventlet::spawn(move || eventlet::connect(address));
    /// let serve = Serve::new(listener).hubs(2).drain(Duration::from_secs(1));
    /// serve.run(|_stream, _address| Err::<(), _>(StopServe))?;
    /// client.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn drain(mut self, limit: Duration) -> Self {
        self.drain = limit;
        self
    }

    /// Serves, as [`serve`](crate::serve) does, until a handler of any hub returns
    /// [`StopServe`](crate::StopServe) or the listener is closed.
    ///
    /// Then no hub accepts any more. Connections that wait in the queue of another hub are still
    /// handled, and it ends when they and those before have been, or the time for that is over;
    /// see [`drain`](ServeHubs::drain). What this thread's hub handles is left alone, and so is
    /// another hub in which a handler computes and does not end within two seconds more.
    ///
    /// # Errors
    ///
    /// Fails if a listener cannot accept any more, a hub cannot be started, or one has ended by a
    /// panic of its own; and with [`InvalidInput`](io::ErrorKind::InvalidInput) if the concurrency
    /// or the number of hubs is zero.
    ///
    /// # Switching
    ///
    /// Switches, and returns only when the server has been stopped and the other hubs have ended.
    /// If it is killed or timed out instead, the other hubs end in the same way without it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use std::time::Duration;
    /// use eventlet::{Serve, StopServe};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let visit = move |_| eventlet::connect(address).map(drop);
    /// let clients = eventlet::spawn(move || (0..10).try_for_each(visit));
    /// // What the hubs share has to be `Sync`.
    /// let n_served = Arc::new(AtomicU32::new(0));
    /// let counter = n_served.clone();
    /// Serve::new(listener).hubs(2).drain(Duration::from_secs(1)).run(move |_stream, _address| {
    ///     match counter.fetch_add(1, Ordering::Relaxed) + 1 {
    ///         10 => Err(StopServe),
    ///         _ => Ok(()),
    ///     }
    /// })?;
    /// clients.wait().unwrap()?;
    /// assert_eq!(n_served.load(Ordering::Relaxed), 10);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn run<H, R>(self, handler: H) -> io::Result<()>
    where
        H: Fn(TcpStream, SocketAddr) -> R + Send + Sync + 'static,
        R: Outcome + 'static,
    {
        self.check()?;
        let called_at = Location::caller();
        let handler = Arc::new(handler);
        let share = Share { n_hubs: self.n_hubs, concurrency: self.serve.concurrency };
        let (branches, loops) = self.start_branches(&handler, &share, called_at)?;
        let server =
            Server::new(move |stream, address| handler(stream, address), share.of(0), called_at);
        let acceptor = server.start(self.serve.listener)?;
        let guard = KillOnDrop(acceptor.handle());
        let watch = |branch: RemoteThread<_>| {
            let acceptor = acceptor.handle();
            server.helper(move || {
                let ended = branch.wait();
                acceptor.kill();
                ended
            })
        };
        let watchers = loops.into_iter().map(watch).collect::<io::Result<Vec<_>>>()?;
        let _guards: Vec<_> = watchers.iter().map(|watcher| KillOnDrop(watcher.handle())).collect();
        let ended = acceptor.wait();
        drop(guard);
        let are_stuck = branches.end();
        let watchers = watchers.into_iter().zip(are_stuck);
        // Of a hub that is stuck nothing may be heard any more.
        let ended_too = watchers.filter(|(watcher, is_stuck)| !is_stuck || watcher.is_dead());
        ended_too.map(|(watcher, _)| outcome(watcher)).fold(result_of(ended), io::Result::and)
    }

    /// Starts the other hubs; returns them and their accept loops.
    fn start_branches<H, R>(
        &self,
        handler: &Arc<H>,
        share: &Share,
        called_at: &'static Location<'static>,
    ) -> io::Result<(Branches, Vec<RemoteThread<io::Result<()>>>)>
    where
        H: Fn(TcpStream, SocketAddr) -> R + Send + Sync + 'static,
        R: Outcome + 'static,
    {
        let mut branches = Branches::new(self.drain);
        let mut loops = Vec::new();
        let listeners = listeners(self.serve.listener.borrow(), share.n_others())?;
        for (index, branch) in listeners.enumerate() {
            let handler = handler.clone();
            let concurrency = share.of(index + 1);
            let begin = move |stopped| {
                let handler = move |stream, address| handler(stream, address);
                accept_in_branch(Server::new(handler, concurrency, called_at), branch, stopped)
            };
            loops.push(branches.start(begin)?);
        }
        Ok((branches, loops))
    }

    fn check(&self) -> io::Result<()> {
        self.serve.check()?;
        if self.n_hubs == 0 {
            let text = "no connection would be accepted by 0 hubs";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(())
    }
}

/// How the accept loop of another hub has ended.
fn outcome(watcher: GreenThread<Result<io::Result<()>, Exit>>) -> io::Result<()> {
    match watcher.wait() {
        Ok(ended) => result_of(ended),
        Err(exit) => exit.resume(),
    }
}
