//! Waiting for the end of an OS thread.

use std::ffi::{c_int, c_void};
use std::sync::Arc;
use std::thread;

use libc::pthread_t;

use crate::hub::{self, RemoteWaiter, Time};
use crate::oslock::Mutex;

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
    let Some((status, returned)) = Joined::of(thread) else {
        // SAFETY: as above.
        return unsafe { originals::pthread_join(thread, result) };
    };
    if status == 0 && !result.is_null() {
        // SAFETY: the caller has place for it.
        unsafe { result.write(returned as *mut c_void) };
    }
    status
}

/// What an OS thread that joins another one tells.
#[derive(Default)]
enum Joined {
    #[default]
    NotYet,
    /// It will wake this one.
    Awaited(RemoteWaiter),
    /// The status of the call, and what the thread has returned.
    Over(c_int, usize),
}

impl Joined {
    /// Has a thread joined by an OS thread that is started for it; none if there can be no more.
    fn of(thread: pthread_t) -> Option<(c_int, usize)> {
        let ours = Arc::new(Mutex::new(Joined::NotYet));
        let theirs = ours.clone();
        let join = move || {
            let mut returned = std::ptr::null_mut();
            // SAFETY: the caller of `join` keeps the contract of the C function.
            let status = unsafe { originals::pthread_join(thread, &raw mut returned) };
            let over = Joined::Over(status, returned as usize);
            let before = std::mem::replace(&mut *theirs.lock(), over);
            if let Joined::Awaited(waiter) = before {
                waiter.wake();
            }
        };
        thread::Builder::new().name("eventlet-join".to_owned()).spawn(join).ok()?;
        hub::with(|hub| {
            hub.wait_in_peace("the end of an OS thread", Time::NEVER, |waiter| {
                let mut joined = ours.lock();
                let must_wait = matches!(*joined, Joined::NotYet);
                if must_wait {
                    *joined = Joined::Awaited(waiter);
                }
                must_wait
            });
        });
        match *ours.lock() {
            Joined::Over(status, returned) => Some((status, returned)),
            Joined::NotYet | Joined::Awaited(_) => None,
        }
    }
}
