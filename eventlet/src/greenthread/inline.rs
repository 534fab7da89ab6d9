//! Running what was to be a green thread in the caller.

use std::panic::Location;
use std::rc::Rc;

use super::current;
use super::exit::{Exit, Killed};
use super::packet::Packet;
use super::thread::GreenThread;
use crate::coroutine::default_stack_size;
use crate::hub::{self, AlarmFired, Hub, Spec};
use crate::unwind::{self, Payload};

/// Runs `f` at once, and returns a green thread that has ended as `f` did.
///
/// It has an id of its own and the given place of spawning.
pub(crate) fn spawn_inline<F, T>(spawned_at: &'static Location<'static>, f: F) -> GreenThread<T>
where
    F: FnOnce() -> T,
    T: 'static,
{
    let packet = Rc::new(Packet::<fn() -> T, T>::ended(run_inline(f)));
    let spec = Spec { name: None, stack_size: default_stack_size(), spawned_at };
    let fiber = hub::with(|hub| hub.make_ended(spec, packet.clone()));
    GreenThread::new(fiber, packet)
}

/// Runs `f` at once, and says how it ended.
///
/// A kill or a timeout of the caller is none of `f`'s, and passes through.
pub(crate) fn run_inline<T>(f: impl FnOnce() -> T) -> Result<T, Exit> {
    let first_alarm = hub::with(Hub::next_alarm);
    unwind::catch(f).map_err(|payload| {
        let id = current().id();
        if is_for_caller(&payload, id, first_alarm) {
            unwind::raise(payload);
        }
        if payload.downcast_ref().is_some_and(|fired: &AlarmFired| fired.is_of(id)) {
            hub::with(Hub::unwinding_has_ended);
        }
        Exit::new(payload)
    })
}

/// Whether something was thrown at the caller by other means than an alarm that `f` has set.
fn is_for_caller(payload: &Payload, caller: u64, first_alarm: u64) -> bool {
    if let Some(killed) = payload.downcast_ref::<Killed>() {
        killed.is_of(caller)
    } else if let Some(fired) = payload.downcast_ref::<AlarmFired>() {
        fired.is_of(caller) && fired.is_before(first_alarm)
    } else {
        false
    }
}
