//! System calls: those that make locks wait, and yielding.

use std::ffi::{c_int, c_long};

use super::futex;
use crate::{hub, oslock};

patched! {
    /// Makes a system call by its number.
    ///
    /// It is variadic in C; arguments that a system call does not have may be anything.
    [Thread, everywhere] fn syscall(
        number: c_long,
        a: c_long,
        b: c_long,
        c: c_long,
        d: c_long,
        e: c_long,
        f: c_long,
    ) -> c_long => system_call;

    /// Lets other threads run.
    [Thread] fn sched_yield() -> c_int => yield_to_others;
}

unsafe fn system_call(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    if number == libc::SYS_futex && !oslock::is_raw() {
        // SAFETY: the caller keeps the contract of the system call.
        unsafe { futex::call(&futex::Call::new([a, b, c, d, e, f])) }
    } else {
        // SAFETY: as above.
        unsafe { originals::syscall(number, a, b, c, d, e, f) }
    }
}

/// Never fails, as in C. What is thrown at the green thread is raised at its next wait.
unsafe fn yield_to_others() -> c_int {
    hub::yield_calmly();
    0
}
