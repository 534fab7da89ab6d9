//! Waiting for the end of an OS thread.

use std::ffi::{c_int, c_void};

use libc::pthread_t;

use super::apart::apart;

patched! {
    /// Waits for the end of an OS thread.
    [Thread] fn pthread_join(thread: pthread_t, result: *mut *mut c_void) -> c_int => join;
}

unsafe extern "C" {
    fn pthread_tryjoin_np(thread: pthread_t, result: *mut *mut c_void) -> c_int;
}

/// Another OS thread waits in its place. A kill or a timeout does not end a join, as nothing does: it
/// is raised at the next wait after it.
unsafe fn join(thread: pthread_t, result: *mut *mut c_void) -> c_int {
    // SAFETY: it takes nothing.
    if thread == unsafe { libc::pthread_self() } {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::pthread_join(thread, result) };
    }
    // SAFETY: the contract is the same.
    let status = unsafe { pthread_tryjoin_np(thread, result) };
    if status != libc::EBUSY {
        return status;
    }
    let join = move || {
        let mut returned = std::ptr::null_mut();
        // SAFETY: the caller keeps the contract of the C function.
        let status = unsafe { originals::pthread_join(thread, &raw mut returned) };
        (status, returned as usize)
    };
    let Some((status, returned)) = apart("eventlet-join", "the end of an OS thread", join) else {
        // SAFETY: as above.
        return unsafe { originals::pthread_join(thread, result) };
    };
    if status == 0 && !result.is_null() {
        // SAFETY: the caller has place for it.
        unsafe { result.write(returned as *mut c_void) };
    }
    status
}
