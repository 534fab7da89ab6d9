//! Running the user's code where an unwind must not get further.

use super::exit::Killed;
use crate::hub::AlarmFired;
use crate::unwind::{self, Payload};

/// Runs destructors or callbacks of the user. A panic has been reported by the panic hook and ends
/// here. A kill or a timeout of whoever runs them is returned, to be raised when all is done.
pub(crate) fn contain(f: impl FnOnce()) -> Option<Payload> {
    let payload = unwind::catch(f).err()?;
    if payload.is::<Killed>() || payload.is::<AlarmFired>() {
        return Some(payload);
    }
    unwind::dispose(payload);
    None
}
