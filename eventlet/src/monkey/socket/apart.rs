//! Accepting on an OS thread of its own, which waits if another process or OS thread was faster.

use std::ffi::c_int;
use std::mem;
use std::sync::Arc;

use libc::{sockaddr_storage, socklen_t};

use super::accept::Accept;
use crate::monkey::{elsewhere, errno};
use crate::oslock::Mutex;

/// What has become of an attempt.
enum Attempt {
    Lasts,
    Accepted(c_int, Peer),
    Failed(c_int),
    /// Nobody waits for it any more.
    GivenUp,
}

/// An address, as long as the system says.
struct Peer {
    address: sockaddr_storage,
    length: socklen_t,
}

/// Accepts as a call that may wait does. If something is thrown at the caller meanwhile, a connection
/// that comes later is closed: nobody is left who could be given it.
pub(super) fn accept_apart(accept: Accept) -> c_int {
    let attempt = Arc::new(Mutex::new(Attempt::Lasts));
    let theirs = attempt.clone();
    let (fd, flags) = (accept.fd, accept.flags);
    let waited = elsewhere::apart(move || settle(&theirs, accept_with_room(fd, flags)));
    let end = mem::replace(&mut *attempt.lock(), Attempt::GivenUp);
    match (end, waited) {
        (Attempt::Accepted(accepted, peer), _) => {
            peer.tell(accept);
            accepted
        }
        (Attempt::Failed(error), _) | (_, Err(error)) => errno::fail(error),
        (_, Ok(())) => errno::fail(libc::EIO),
    }
}

fn settle(attempt: &Mutex<Attempt>, end: Attempt) {
    let before = mem::replace(&mut *attempt.lock(), end);
    if let Attempt::GivenUp = before
        && let Attempt::Accepted(accepted, _) = *attempt.lock()
    {
        // SAFETY: the descriptor is new, and nobody else knows it.
        unsafe { libc::close(accepted) };
    }
}

fn accept_with_room(fd: c_int, flags: Option<c_int>) -> Attempt {
    // SAFETY: the structure consists of numbers; all zeros is a valid value.
    let mut peer = Peer { address: unsafe { mem::zeroed() }, length: 0 };
    peer.length = size_of::<sockaddr_storage>() as socklen_t;
    let address = (&raw mut peer.address).cast();
    match (Accept { fd, address, length: &raw mut peer.length, flags }).call() {
        accepted if accepted >= 0 => Attempt::Accepted(accepted, peer),
        _ => Attempt::Failed(errno::get()),
    }
}

impl Peer {
    /// Writes the address where the caller wants it, as far as there is room.
    fn tell(&self, Accept { address, length, .. }: Accept) {
        if address.is_null() || length.is_null() {
            return;
        }
        // SAFETY: the caller of the C function has given as much room as `length` says, which the
        // call replaces by the length of the address.
        unsafe {
            let room = (*length).min(self.length) as usize;
            (&raw const self.address).cast::<u8>().copy_to(address.cast(), room);
            *length = self.length;
        }
    }
}
