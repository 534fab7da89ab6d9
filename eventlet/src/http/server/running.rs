//! A server that runs, and how it ends.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use super::accept::{AcceptLoop, Acceptor};
use super::hubs::{Branches, Stopping, Watched};
use super::seats::{LAST_CALL, Seats};
use super::service::App;
use crate::event::Flag;
use crate::greenthread::{Builder, GreenThread, Handle};
use crate::http::parting::Parting;
use crate::hub::{self, Time};
use crate::{sleep, spawn_n};

/// A server that runs in green threads of this OS thread; made by [`Server::start`](super::Server::start).
///
/// Dropped, it stops in its own time.
#[must_use = "a server stops when this is dropped"]
pub struct Running {
    acceptor: Cell<Option<GreenThread<io::Result<()>>>>,
    accepting: Handle,
    parts: Rc<dyn Parts>,
    branches: Watched,
    /// Why another hub could not accept any more.
    failure: Cell<Option<io::Error>>,
    has_stopped: Cell<bool>,
}

/// What there is to do to a server, whatever its application.
trait Parts {
    fn seats(&self) -> &Seats;
    /// Set when nobody is accepted any more.
    fn is_closed(&self) -> &Flag;
}

impl<A: App> Parts for Acceptor<A> {
    fn seats(&self) -> &Seats {
        &self.service.seats
    }

    fn is_closed(&self) -> &Flag {
        &self.is_closed
    }
}

impl Running {
    pub(super) fn start<A: App>(acceptor: Acceptor<A>, branches: Branches) -> io::Result<Self> {
        let parts = Rc::new(acceptor);
        let accept_loop = AcceptLoop(parts.clone());
        let acceptor = Builder::new().name("http").spawn(move || accept_loop.run())?;
        let accepting = acceptor.handle();
        Ok(Running {
            acceptor: Cell::new(Some(acceptor)),
            branches: branches.watch(&accepting),
            accepting,
            parts,
            failure: Cell::new(None),
            has_stopped: Cell::new(false),
        })
    }

    /// How many connections this hub has.
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
    /// let server = Server::new(|_: &mut Request| "hello").start(listener)?;
    /// assert_eq!(server.connections(), 0);
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connections(&self) -> usize {
        self.parts.seats().len()
    }

    /// Stops accepting, lets requests that are being answered end, and closes the connections. Those
    /// who are connected may send one more request within a quarter of a second.
    ///
    /// Those who wait to be accepted are connected, too; if there is no room for them, they are answered
    /// by 503. Who connects in the very moment in which the listener is closed may be reset by the
    /// system.
    ///
    /// # Switching
    ///
    /// Switches until all connections are closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let server = Server::new(|_: &mut Request| "hello").start(listener)?;
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stop(&self) {
        let others = self.branches.stop(None);
        self.close();
        drain(&self.parts, Time::NEVER);
        self.are_clean(others);
    }

    /// Stops like [`stop`](Running::stop), but kills what has not ended within `limit`. Says whether
    /// everything ended by itself.
    ///
    /// # Switching
    ///
    /// Switches until all connections are closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let server = Server::new(|_: &mut Request| "hello").start(listener)?;
    /// assert!(server.stop_within(std::time::Duration::from_secs(5)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stop_within(&self, limit: Duration) -> bool {
        let deadline = hub::with(|hub| hub.deadline_in(limit));
        let others = self.branches.stop(Some(limit));
        self.close();
        let is_done = drain(&self.parts, deadline);
        if !is_done {
            let seats = self.parts.seats();
            seats.kill_all();
            seats.wait_until(Time::NEVER);
        }
        self.are_clean(others) && is_done
    }

    /// Waits until the server ends: because it is stopped, or its listener is closed or cannot accept
    /// any more. Then it has stopped, and all connections are closed.
    ///
    /// # Errors
    ///
    /// Fails if the listener cannot accept any more. Only the first who waits is told.
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
    /// let server = Server::new(|_: &mut Request| "hello").start(listener)?;
    /// server.stop();
    /// server.wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn wait(&self) -> io::Result<()> {
        let ended = self.acceptor.take().map(GreenThread::wait);
        self.stop();
        match ended {
            Some(Ok(result)) => result.and(self.failure.take().map_or(Ok(()), Err)),
            // It has been stopped.
            Some(Err(exit)) if exit.is_killed() => self.failure.take().map_or(Ok(()), Err),
            Some(Err(exit)) if exit.is_abandoned() => Err(exit.into()),
            Some(Err(exit)) => exit.resume(),
            None => Ok(()),
        }
    }

    /// Nobody is accepted after those who wait already.
    fn close(&self) {
        if !self.has_stopped.replace(true) {
            self.parts.seats().stop_keeping_alive();
            self.accepting.kill();
        }
        self.parts.is_closed().wait();
    }

    /// Waits for the other hubs; says whether all of their requests ended by themselves.
    fn are_clean(&self, others: Stopping) -> bool {
        others.wait().unwrap_or_else(|error| {
            self.failure.set(Some(error));
            false
        })
    }
}

/// Waits until all connections have ended; says whether they have.
fn drain(parts: &Rc<dyn Parts>, deadline: Time) -> bool {
    let seats = parts.seats();
    let last_call = hub::with(|hub| hub.deadline_in(LAST_CALL));
    if seats.wait_until(deadline.min(last_call)) {
        return true;
    }
    for parting in seats.partings() {
        announce(parts, parting);
    }
    // Whoever has sent something by now is called before this goes on, and not idle any more.
    sleep(Duration::ZERO);
    sleep(Duration::ZERO);
    seats.kill_idle();
    seats.wait_until(deadline)
}

/// Tells who has taken over a connection. That may wait for its client, which is to hold up neither the
/// others nor the stop: it is waited for, and killed, as connections are.
fn announce(parts: &Rc<dyn Parts>, parting: Rc<Parting>) {
    let (parts, under_way, theirs) = (parts.clone(), parts.seats().hold(), parting.clone());
    let telling = Builder::new().spawn(move || {
        let _seat = parts.seats().take();
        theirs.announce();
        drop(under_way);
    });
    if telling.is_err() {
        // There is no stack for it.
        parting.announce();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.has_stopped.replace(true) {
            return;
        }
        self.parts.seats().stop_keeping_alive();
        self.accepting.kill();
        let parts = self.parts.clone();
        spawn_n(move || {
            parts.is_closed().wait();
            drain(&parts, Time::NEVER);
        });
    }
}
