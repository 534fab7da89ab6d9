//! The green threads of this hub that other hubs have asked for, and may ask to kill.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;

use super::slot::Delivery;
use crate::greenthread::{self, Handle};
use crate::hub::{self, Hub};

/// Someone who waits for a green thread that will not end any more.
pub(super) trait Bereaved: Send + Sync {
    /// Says that there will be no result.
    fn abandon(&self);
}

struct Resident {
    handle: Handle,
    bereaved: Arc<dyn Bereaved>,
}

/// By the numbers that they were given where they were asked for.
#[derive(Default)]
struct Residents {
    residents: RefCell<HashMap<u64, Resident>>,
}

thread_local! {
    static RESIDENTS: Residents = Residents::default();
}

impl Drop for Residents {
    /// The OS thread ends, and with it its hub: nobody should wait for what is left in it.
    fn drop(&mut self) {
        self.abandon();
    }
}

impl Residents {
    fn abandon(&self) {
        for (_, resident) in self.residents.take() {
            resident.bereaved.abandon();
        }
    }
}

/// Starts a green thread that another hub has asked for.
pub(super) fn admit<F, T>(
    hub: &Hub,
    number: u64,
    spawned_at: &'static Location<'static>,
    f: F,
    delivery: Delivery<T>,
) where
    F: FnOnce() -> T + 'static,
    T: Send + 'static,
{
    let bereaved = delivery.bereaved();
    let handle = greenthread::start_for(hub, spawned_at, f, move |result| {
        let _ = RESIDENTS.try_with(|all| all.residents.borrow_mut().remove(&number));
        delivery.deliver(result)
    });
    let resident = Resident { handle, bereaved };
    RESIDENTS.with(|all| all.residents.borrow_mut().insert(number, resident));
}

/// Kills one of them. The green thread that does so is spawned for it: destructors run meanwhile.
pub(super) fn kill(hub: &Hub, number: u64, asked_at: &'static Location<'static>) {
    if let Some(handle) = find(number) {
        greenthread::start_for(hub, asked_at, move || handle.kill(), |_| false);
    }
}

/// Whether the caller is the one with this number.
pub(super) fn is_current(number: u64) -> bool {
    let current = hub::try_with(Hub::try_current_fiber).flatten();
    find(number).zip(current).is_some_and(|(handle, current)| handle.id() == current.id)
}

fn find(number: u64) -> Option<Handle> {
    let find = |all: &Residents| Some(all.residents.borrow().get(&number)?.handle.clone());
    RESIDENTS.try_with(find).ok().flatten()
}

/// Tells everyone who waits for one of them that it will not end.
pub(super) fn abandon_all() {
    RESIDENTS.with(Residents::abandon);
}
