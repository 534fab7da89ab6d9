//! `waitid`.

use std::ffi::c_int;
use std::mem::zeroed;
use std::os::fd::RawFd;

use libc::{id_t, idtype_t, siginfo_t};

use super::changes::{Children, is_as_it_is};
use crate::monkey::{errno, wait};

patched! {
    /// Waits until something happens to a child process.
    [Subprocess] fn waitid(kind: idtype_t, id: id_t, info: *mut siginfo_t, options: c_int) -> c_int
        => wait_for;
}

unsafe fn wait_for(kind: idtype_t, id: id_t, info: *mut siginfo_t, options: c_int) -> c_int {
    let never_waits = kind == libc::P_PIDFD && wait::is_nonblocking(id as RawFd);
    if is_as_it_is(options) || never_waits {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe { originals::waitid(kind, id, info, options) };
    }
    // Only this tells whether there was anything to say, and the caller may do without.
    // SAFETY: an all-zero structure is valid.
    let mut found: siginfo_t = unsafe { zeroed() };
    let answer = Children { kind, id, options }.wait(|| {
        // SAFETY: there is place for the answer, which is nobody's process if there is none.
        unsafe {
            let status = originals::waitid(kind, id, &raw mut found, options | libc::WNOHANG);
            Some(status).filter(|status| *status != 0 || found.si_pid() != 0)
        }
    });
    let status = answer.unwrap_or_else(errno::fail);
    if status == 0 && !info.is_null() {
        // SAFETY: the caller has place for it.
        unsafe { info.write(found) };
    }
    status
}
