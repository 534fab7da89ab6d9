//! Waiting for the end of a process.

use crate::greenio::{block_until_exit, pidfd_open};
use crate::{hub, tpool};

/// Parks until a child process has ended, which stays to be reaped.
///
/// Where the system gives no descriptor for it, a thread of the pool waits.
pub(super) fn wait_for_exit(pid: u32) {
    let joined = pidfd_open(pid).and_then(hub::join_readable);
    if joined.is_err() {
        tpool::execute(move || block_until_exit(pid));
    }
}
