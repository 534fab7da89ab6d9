//! Barriers: nothing can be tried there, so another OS thread waits in place of each green thread.

use std::ffi::c_int;

use libc::pthread_barrier_t;

use crate::monkey::thread::apart::apart;

patched! {
    /// Waits until enough others do so.
    [Thread] fn pthread_barrier_wait(barrier: *mut pthread_barrier_t) -> c_int => wait;
}

unsafe fn wait(barrier: *mut pthread_barrier_t) -> c_int {
    let address = barrier.expose_provenance();
    let original = move || {
        // SAFETY: the caller keeps the contract of the C function, and waits for the result.
        unsafe { originals::pthread_barrier_wait(std::ptr::with_exposed_provenance_mut(address)) }
    };
    // SAFETY: as above.
    apart("eventlet-barrier", "a barrier of C's", original)
        .unwrap_or_else(|| unsafe { originals::pthread_barrier_wait(barrier) })
}
