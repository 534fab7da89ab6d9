//! The accept loop of one hub.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::listener::private::Listener;
use super::room::{Room, Taken};
use super::service::{App, Service};
use crate::convenience::accept::{self, AcceptError};
use crate::event::Flag;
use crate::greenthread::Builder;
use crate::http::stream::Stream;

/// How many connections may have been waiting: as many as Linux lets wait unless it is told otherwise.
/// Those who come while others are accepted would else keep a server from stopping.
const MOST_WAITING: usize = 4096;

/// What accepts connections, and starts to serve them.
pub(super) struct Acceptor<A> {
    pub(super) service: Rc<Service<A>>,
    /// None when it accepts nobody any more.
    listener: RefCell<Option<Rc<dyn Listener>>>,
    room: Room,
    /// Set when it accepts nobody any more.
    pub(super) is_closed: Flag,
}

impl<A: App> Acceptor<A> {
    pub(super) fn new(service: Service<A>, listener: impl Listener, room: Room) -> Self {
        let listener = RefCell::new(Some(Rc::new(listener) as Rc<dyn Listener>));
        Acceptor { service: Rc::new(service), listener, room, is_closed: Flag::new() }
    }

    /// Accepts until the listener is closed, or cannot accept any more.
    fn accept_all(&self) -> io::Result<()> {
        accept::accept_all(|| self.accept_one())
    }

    /// While there is no room connections wait in the system, and room is taken when there is one.
    fn accept_one(&self) -> io::Result<()> {
        let listener = self.listener.borrow().clone().ok_or(io::ErrorKind::NotConnected)?;
        let mut waited_for = None;
        loop {
            let room = &mut || waited_for.take().or_else(|| self.room.try_take());
            if let Some((stream, taken)) = listener.accept_into(room)? {
                return self.serve_in(taken, stream);
            }
            waited_for = Some(self.room.take());
        }
    }

    fn serve_in(&self, taken: Taken, stream: Stream) -> io::Result<()> {
        let service = self.service.clone();
        let under_way = service.seats.hold();
        taken.spawn(move || {
            service.serve(stream);
            drop(under_way);
        })
    }

    /// Accepts those who wait already, and nobody after them.
    fn close(&self) {
        let Some(listener) = self.listener.take() else { return };
        self.accept_waiting(&*listener);
        if listener.is_shared() {
            listener.close();
        }
        drop(listener);
        self.is_closed.set();
    }

    /// Room is not waited for: those who have it may keep it for as long as they like.
    fn accept_waiting(&self, listener: &dyn Listener) {
        for _ in 0..MOST_WAITING {
            let served = listener.accept_at_once().and_then(|stream| match self.room.try_take() {
                Some(taken) => self.serve_in(taken, stream),
                None => self.turn_away(stream),
            });
            match served.map_err(|error| AcceptError::classify(&error)) {
                Ok(()) | Err(AcceptError::OneConnection) => {}
                Err(_) => return,
            }
        }
    }

    fn turn_away(&self, stream: Stream) -> io::Result<()> {
        let service = self.service.clone();
        let under_way = service.seats.hold();
        Builder::new().spawn(move || {
            service.turn_away(stream);
            drop(under_way);
        })?;
        Ok(())
    }
}

/// The accept loop: however it ends, even if it has never begun, those who wait by then are accepted.
pub(super) struct AcceptLoop<A: App>(pub(super) Rc<Acceptor<A>>);

impl<A: App> AcceptLoop<A> {
    pub(super) fn run(self) -> io::Result<()> {
        self.0.accept_all()
    }
}

impl<A: App> Drop for AcceptLoop<A> {
    fn drop(&mut self) {
        self.0.close();
    }
}
