//! Green threads that another OS thread asks for: started from the hub's inbox, where nobody can be
//! told of an error and no code of the user's may run.

use std::panic::Location;
use std::rc::Rc;

use super::exit::Exit;
use super::handle::Handle;
use super::packet::{Joinable, Packet, report_unseen};
use crate::coroutine::default_stack_size;
use crate::hub::{Hub, Spec};

/// Starts a green thread whose result goes to `deliver`, which runs on the green thread's own stack
/// at its end, and says whether anyone will see the result. If there is no stack, it begins when
/// one is given back.
pub(crate) fn start_for<F, T, D>(
    hub: &Hub,
    spawned_at: &'static Location<'static>,
    f: F,
    deliver: D,
) -> Handle
where
    F: FnOnce() -> T + 'static,
    T: 'static,
    D: FnOnce(Result<T, Exit>) -> bool + 'static,
{
    let spec = Spec { name: None, stack_size: default_stack_size(), spawned_at };
    let packet = Rc::new(Packet::new(f));
    let ended = Rc::downgrade(&packet);
    packet.shared().links.add(Box::new(move |status| {
        let Some(packet) = ended.upgrade() else { return };
        let Some(result) = packet.take_result() else { return };
        if !deliver(result) {
            report_unseen(None, spawned_at, *status);
        }
    }));
    Handle::new(hub.start_when_possible(spec, packet))
}

/// The handles of all green threads of this hub.
pub(crate) fn all(hub: &Hub) -> Vec<Handle> {
    hub.live_fibers().into_iter().map(Handle::new).collect()
}

/// The green thread of this hub that has this id, if it has not ended.
pub(crate) fn find(hub: &Hub, id: u64) -> Option<Handle> {
    let found = hub.live_fibers().into_iter().find(|fiber| fiber.id == id);
    found.map(Handle::new)
}
