//! Who is connected, and what they are at: asked when the server stops.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use slab::Slab;

use crate::event::{Hold, WaitGroup};
use crate::greenthread::Handle;
use crate::http::parting::Parting;
use crate::hub::Time;

/// How long clients that have a connection may send one more request when the server stops: one may be
/// on its way.
pub(super) const LAST_CALL: Duration = Duration::from_millis(250);

/// The connections of a server on one hub.
pub(super) struct Seats {
    taken: RefCell<Slab<Sitter>>,
    /// Also holds connections whose green thread has not begun.
    under_way: WaitGroup,
    /// No connection is to go on after the request that it is at.
    is_stopping: Cell<bool>,
}

/// Whoever serves a connection.
struct Sitter {
    handle: Handle,
    /// The connection waits for a request of which nothing has come.
    is_idle: bool,
    /// Whoever has taken over the connection ends it himself, when he hears of this.
    parting: Option<Rc<Parting>>,
}

impl Seats {
    pub(super) fn new() -> Self {
        Seats {
            taken: RefCell::default(),
            under_way: WaitGroup::new(),
            is_stopping: Cell::new(false),
        }
    }

    /// Counts a connection until this is dropped.
    pub(super) fn hold(&self) -> Hold {
        self.under_way.hold()
    }

    /// For the connection that the current green thread serves.
    pub(super) fn take(&self) -> Seat<'_> {
        let sitter = Sitter { handle: crate::current(), is_idle: false, parting: None };
        Seat { seats: self, key: self.taken.borrow_mut().insert(sitter) }
    }

    pub(super) fn len(&self) -> usize {
        self.under_way.count()
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.is_stopping.get()
    }

    /// From now on each connection ends with the request that it is at.
    pub(super) fn stop_keeping_alive(&self) {
        self.is_stopping.set(true);
    }

    /// How to tell those who have taken over a connection.
    pub(super) fn partings(&self) -> Vec<Rc<Parting>> {
        self.taken.borrow().iter().filter_map(|(_, sitter)| sitter.parting.clone()).collect()
    }

    /// Ends the connections that wait for a request.
    pub(super) fn kill_idle(&self) {
        self.kill(|sitter| sitter.is_idle);
    }

    pub(super) fn kill_all(&self) {
        self.kill(|_| true);
    }

    fn kill(&self, is_meant: impl Fn(&Sitter) -> bool) {
        let taken = self.taken.borrow();
        let meant = taken.iter().filter(|(_, sitter)| is_meant(sitter));
        let handles: Vec<_> = meant.map(|(_, sitter)| sitter.handle.clone()).collect();
        drop(taken);
        handles.iter().for_each(Handle::kill);
    }

    /// Waits until there are no connections; says whether there are none.
    pub(super) fn wait_until(&self, deadline: Time) -> bool {
        self.under_way.wait_until(|_| deadline)
    }
}

/// Taken until it is dropped.
pub(super) struct Seat<'a> {
    seats: &'a Seats,
    key: usize,
}

impl Seat<'_> {
    pub(super) fn set_idle(&self, is_idle: bool) {
        self.seats.taken.borrow_mut()[self.key].is_idle = is_idle;
    }

    /// The connection is not the server's any more: how its owner hears that the server stops.
    pub(super) fn hand_over(&self) -> Rc<Parting> {
        let parting = Rc::<Parting>::default();
        if self.seats.is_stopping() {
            parting.announce();
        }
        self.seats.taken.borrow_mut()[self.key].parting = Some(parting.clone());
        parting
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let sitter = self.seats.taken.borrow_mut().remove(self.key);
        if let Some(parting) = sitter.parting {
            parting.forget();
        }
    }
}
