//! Who limits how many connections are served at once.

use std::io;
use std::panic::Location;
use std::rc::Rc;

use crate::convenience::accept::{Place, Places};
use crate::greenpool::{GreenPool, Slot};
use crate::greenthread::Builder;

/// Where connections are served.
pub(super) enum Room {
    Places(Rc<Places>),
    /// The user's, which has other things to do as well.
    Pool(Rc<GreenPool>),
}

/// Room for one connection, which is free again when this is dropped.
pub struct Taken(Kind);

enum Kind {
    Place(Place),
    Slot(Slot),
}

impl Room {
    /// Takes room, if there is some.
    pub(super) fn try_take(&self) -> Option<Taken> {
        match self {
            Room::Places(places) => places.try_take().map(Kind::Place).map(Taken),
            Room::Pool(pool) => pool.try_take_slot().map(Kind::Slot).map(Taken),
        }
    }

    /// Takes room, waiting until there is some.
    pub(super) fn take(&self) -> Taken {
        match self {
            Room::Places(places) => Taken(Kind::Place(places.take())),
            Room::Pool(pool) => Taken(Kind::Slot(pool.take_slot())),
        }
    }
}

impl Taken {
    /// Serves a connection, which has the room to its end.
    pub(super) fn spawn(self, serve: impl FnOnce() + 'static) -> io::Result<()> {
        match self.0 {
            Kind::Place(place) => {
                Builder::new().spawn(move || {
                    serve();
                    drop(place);
                })?;
            }
            Kind::Slot(slot) => drop(slot.try_spawn(Location::caller(), serve)?),
        }
        Ok(())
    }
}
