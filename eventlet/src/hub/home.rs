//! Which hub something belongs to, known anywhere, and heard of when it ends.

use std::ptr;
use std::sync::{Arc, Weak};

use super::inbox::{Address, Remote};
use super::outside::RemoteWaiter;
use super::{Hub, try_with};

/// Which hub something belongs to. Unlike an [`Address`] it gives that hub no hope of being woken.
pub(crate) struct Home {
    remote: Weak<Remote>,
}

impl Home {
    pub(crate) fn of(hub: &Hub) -> Self {
        Home { remote: Arc::downgrade(&hub.remote) }
    }

    /// Whether the caller is in that hub.
    pub(crate) fn is_here(&self) -> bool {
        try_with(|hub| ptr::eq(Arc::as_ptr(&hub.remote), self.remote.as_ptr())) == Some(true)
    }

    /// Has `waiter` woken if the hub ends before what is returned is dropped. Nothing is returned if
    /// it has ended already, and does nothing any more.
    pub(crate) fn mourn(&self, waiter: RemoteWaiter) -> Option<Mourning<'_>> {
        let place = Address::upgrade(&self.remote)?.add_mourner(waiter)?;
        Some(Mourning { home: self, place })
    }
}

/// One who is to hear of the end of a hub.
pub(crate) struct Mourning<'a> {
    home: &'a Home,
    place: usize,
}

impl Drop for Mourning<'_> {
    fn drop(&mut self) {
        if let Some(address) = Address::upgrade(&self.home.remote) {
            address.remove_mourner(self.place);
        }
    }
}
