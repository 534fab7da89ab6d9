//! Forked children: they have copies of the parent's hubs, which work in the parent only.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::patches;
use crate::oslock::Once;

/// The process that has patched its calls, and has the hubs.
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// Whether this is that process, and not a child, which has copies of the hubs; or, made by `vfork`,
/// even sees the hubs themselves, while its descriptors are its own.
pub(super) fn is_original() -> bool {
    process_id() == PROCESS.load(Ordering::Relaxed)
}

fn process_id() -> c_int {
    // SAFETY: it may be called at any time.
    unsafe { libc::getpid() }
}

/// Has patches taken back in children. A child may patch anew; until then its calls are the
/// system's, which is what the few between `fork` and `exec` must be.
pub(super) fn watch() {
    PROCESS.store(process_id(), Ordering::Relaxed);
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handlers store atomics, which is safe in a forked child.
        let status = unsafe { libc::pthread_atfork(None, Some(in_parent), Some(in_child)) };
        assert_eq!(status, 0, "no memory is left for noting what a forked child is to do");
    });
}

/// There may be two processes that share their sockets.
static HAS_HAPPENED: AtomicBool = AtomicBool::new(false);

/// Whether another process may have this one's descriptors: its parent, or a child.
pub(super) fn has_happened() -> bool {
    HAS_HAPPENED.load(Ordering::Relaxed)
}

extern "C" fn in_parent() {
    HAS_HAPPENED.store(true, Ordering::Relaxed);
}

extern "C" fn in_child() {
    HAS_HAPPENED.store(true, Ordering::Relaxed);
    patches::remove_all();
}
