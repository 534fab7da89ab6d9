//! Forked children: they have copies of the parent's hubs, which work in the parent only.

use super::patches;
use crate::oslock::Once;

/// Has patches taken back in children. A child may patch anew; until then its calls are the
/// system's, which is what the few between `fork` and `exec` must be.
pub(super) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handler stores an atomic, which is safe in a forked child.
        let status = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        assert_eq!(status, 0, "no memory is left for noting what a forked child is to do");
    });
}

extern "C" fn in_child() {
    patches::remove_all();
}
