//! `waitpid` and its like.

use std::ffi::c_int;
use std::ptr::null_mut;

use libc::{pid_t, rusage};

use super::changes::{Children, is_as_it_is};
use crate::monkey::errno;

patched! {
    /// Waits for a child process.
    [Subprocess] fn waitpid(pid: pid_t, status: *mut c_int, options: c_int) -> pid_t => wait_for;

    /// Waits for any child process.
    [Subprocess] fn wait(status: *mut c_int) -> pid_t => wait_for_any;

    /// Waits for a child process, and says what it has used up.
    [Subprocess] fn wait4(pid: pid_t, status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t
        => wait_with_usage;

    /// Waits for any child process, and says what it has used up.
    [Subprocess] fn wait3(status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t
        => wait_for_any_with_usage;
}

unsafe fn wait_for_any(status: *mut c_int) -> pid_t {
    // SAFETY: the caller keeps the contract of the C function.
    unsafe { wait_with_usage(-1, status, 0, null_mut()) }
}

unsafe fn wait_for(pid: pid_t, status: *mut c_int, options: c_int) -> pid_t {
    // SAFETY: as above.
    unsafe { wait_with_usage(pid, status, options, null_mut()) }
}

unsafe fn wait_for_any_with_usage(status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t {
    // SAFETY: as above.
    unsafe { wait_with_usage(-1, status, options, usage) }
}

unsafe fn wait_with_usage(
    pid: pid_t,
    status: *mut c_int,
    options: c_int,
    usage: *mut rusage,
) -> pid_t {
    // SAFETY: as above.
    let original = |options| unsafe { originals::wait4(pid, status, options, usage) };
    if is_as_it_is(options) {
        return original(options);
    }
    let attempt = || Some(original(options | libc::WNOHANG)).filter(|answer| *answer != 0);
    Children::of_pid(pid, options).wait(attempt).unwrap_or_else(errno::fail)
}
