//! Accepting without waiting.
//!
//! The system can be asked whether there is a connection, but whoever accepts after that may find that
//! another one was faster, and then waits. So the hubs of the process go through a door, one at a time.
//! Someone may be about who does not: an OS thread without a hub, which waits in the system's call, or
//! a forked process. Then an OS thread [apart](super::apart) accepts on behalf of the hub.

use std::ffi::c_int;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::accept::Accept;
use super::apart::accept_apart;
use crate::hub::Direction;
use crate::monkey::{errno, facts, fork, patches};
use crate::oslock::{Mutex, MutexGuard};
use crate::patcher::category::Category;

/// Not used after a fork: in a child, someone may have it who does not exist there.
static DOOR: Mutex<()> = Mutex::new(());

/// The OS threads without a hub that are accepting.
static N_OUTSIDE: AtomicUsize = AtomicUsize::new(0);

fn enter() -> Option<MutexGuard<'static, ()>> {
    (!fork::has_happened()).then(|| DOOR.lock())
}

/// Accepts a connection, if there is one, or fails, if there is something to fail with.
pub(super) fn accept_now(accept: Accept) -> Option<c_int> {
    let inside = enter();
    if facts::poll(accept.fd, Direction::Read) == 0 {
        return None;
    }
    let accepted = if inside.is_some() && N_OUTSIDE.load(Ordering::SeqCst) == 0 {
        accept.call()
    } else {
        drop(inside);
        accept_apart(accept)
    };
    // Someone may have limited how long the call waits.
    (accepted >= 0 || errno::get() != libc::EAGAIN).then_some(accepted)
}

/// Accepts on an OS thread without a hub, for as long as it takes.
pub(super) fn accept_outside(accept: Accept) -> c_int {
    N_OUTSIDE.fetch_add(1, Ordering::SeqCst);
    if patches::has(Category::Socket) {
        // Whoever is inside has not seen this one.
        drop(enter());
    }
    let accepted = accept.call();
    N_OUTSIDE.fetch_sub(1, Ordering::SeqCst);
    accepted
}
