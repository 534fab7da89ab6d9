//! The accept loop of one hub.

use std::io;
use std::rc::Rc;

use super::listener::private::Listener;
use super::service::{App, Service};
use crate::convenience::accept::{AcceptError, Backoff, Place, Places};
use crate::greenpool::GreenPool;
use crate::greenthread::Builder;
use crate::http::stream::Stream;

/// Who limits how many connections are served at once.
pub(super) enum Room {
    Places(Rc<Places>),
    /// The user's, which has other things to do as well.
    Pool(Rc<GreenPool>),
}

/// What accepts connections, and starts to serve them.
pub(super) struct Acceptor<A> {
    pub(super) service: Rc<Service<A>>,
    pub(super) listener: Box<dyn Listener>,
    pub(super) room: Room,
}

impl<A: App> Acceptor<A> {
    /// Accepts until the listener is closed, or cannot accept any more; one that is non-blocking,
    /// until nobody waits.
    pub(super) fn accept_all(&self) -> io::Result<()> {
        let mut backoff = Backoff::new();
        loop {
            let Err(error) = self.accept_one() else {
                backoff.reset();
                continue;
            };
            match AcceptError::classify(&error) {
                AcceptError::OneConnection => {}
                AcceptError::Exhausted => backoff.pause(&error),
                AcceptError::Closed => return Ok(()),
                AcceptError::Fatal => return Err(error),
            }
        }
    }

    fn accept_one(&self) -> io::Result<()> {
        match &self.room {
            Room::Places(places) => {
                let place = places.take();
                self.serve_in(place, self.listener.accept()?)
            }
            Room::Pool(pool) => {
                let (stream, service) = (self.listener.accept()?, self.service.clone());
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
