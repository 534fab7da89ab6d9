//! The accept loop of one hub.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use super::listener::private::Listener;
use super::service::{App, Service};
use crate::convenience::accept::{self, AcceptError, Place, Places};
use crate::greenpool::GreenPool;
use crate::greenthread::Builder;
use crate::http::stream::Stream;

/// Who limits how many connections are served at once.
pub(super) enum Room {
    Places(Rc<Places>),
    /// The user's, which has other things to do as well.
    Pool(Rc<GreenPool>),
}

impl Room {
    fn has_any(&self) -> bool {
        match self {
            Room::Places(places) => places.has_free(),
            Room::Pool(pool) => !pool.is_full(),
        }
    }
}

/// What accepts connections, and starts to serve them.
pub(super) struct Acceptor<A> {
    pub(super) service: Rc<Service<A>>,
    /// None when it accepts nobody any more.
    listener: RefCell<Option<Rc<dyn Listener>>>,
    pub(super) room: Room,
}

impl<A: App> Acceptor<A> {
    pub(super) fn new(service: Service<A>, listener: impl Listener, room: Room) -> Self {
        let listener = RefCell::new(Some(Rc::new(listener) as Rc<dyn Listener>));
        Acceptor { service: Rc::new(service), listener, room }
    }

    /// Accepts until the listener is closed, or cannot accept any more.
    pub(super) fn accept_all(&self) -> io::Result<()> {
        accept::accept_all(|| self.accept_one())
    }

    /// Accepts those who wait already and for whom there is room, and nobody after them.
    pub(super) fn close(&self) {
        let Some(listener) = self.listener.borrow().clone() else { return };
        if listener.set_nonblocking(true).is_ok() {
            self.accept_waiting();
            // Others may have the same listener by another descriptor.
            let _ = listener.set_nonblocking(false);
        }
        self.listener.take();
        if listener.is_shared() {
            listener.close();
        }
    }

    /// Room is not waited for: those who have it may keep it for as long as they like.
    fn accept_waiting(&self) {
        while self.room.has_any() {
            match self.accept_one() {
                Ok(()) => {}
                Err(error) if AcceptError::classify(&error) == AcceptError::OneConnection => {}
                Err(_) => return,
            }
        }
    }

    fn accept(&self) -> io::Result<Stream> {
        let listener = self.listener.borrow().clone();
        listener.ok_or(io::ErrorKind::NotConnected)?.accept()
    }

    fn accept_one(&self) -> io::Result<()> {
        match &self.room {
            Room::Places(places) => {
                let place = places.take();
                self.serve_in(place, self.accept()?)
            }
            Room::Pool(pool) => {
                let (stream, service) = (self.accept()?, self.service.clone());
                let under_way = service.seats.hold();
                pool.spawn_n(move || {
                    service.serve(stream);
                    drop(under_way);
                });
                Ok(())
            }
        }
    }

    fn serve_in(&self, place: Place, stream: Stream) -> io::Result<()> {
        let service = self.service.clone();
        let under_way = service.seats.hold();
        Builder::new().spawn(move || {
            service.serve(stream);
            drop((under_way, place));
        })?;
        Ok(())
    }
}
