//! Hearing of the values that are to be dropped when a thread ends.
//!
//! std tells the C library of each variable of a type that is to be dropped, when it is first used, by
//! the function that C++ has for this. Defined here, it keeps for a green thread what concerns the
//! green thread's own variables, and passes on all else: variables that are not swapped belong to the
//! OS thread, whoever is the first to use them.

use std::ffi::{CStr, c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::{mem, ptr};

use super::own::{self, Destructor};

type Function = unsafe extern "C" fn(*mut c_void);
type Register = unsafe extern "C" fn(Function, *mut c_void, *mut c_void) -> c_int;

const NAME: &CStr = c"__cxa_thread_atexit_impl";

/// The C library's function; null until it is first needed.
static NEXT: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// Has `function` called with `variable` when the green thread ends, if the variable is its own, else
/// when the OS thread does.
///
/// C libraries other than glibc have no such function, and std calls it if there is one. A static
/// executable could not find the C library's.
#[cfg_attr(all(target_env = "gnu", not(target_feature = "crt-static")), unsafe(no_mangle))]
unsafe extern "C" fn __cxa_thread_atexit_impl(
    function: Function,
    variable: *mut c_void,
    library: *mut c_void,
) -> c_int {
    if let Some(layout) = super::layout() {
        layout.strangers.welcome(variable.addr(), layout.block());
    }
    if let Some(own) = own::running()
        && own.has(variable.addr())
    {
        own.push(Destructor { function, variable });
        return 0;
    }
    match next() {
        // SAFETY: the arguments are the caller's.
        Some(next) => unsafe { next(function, variable, library) },
        None => -1,
    }
}

/// Finds the C library's function.
///
/// # Errors
///
/// Fails if there is none.
pub(super) fn prepare() -> Result<(), String> {
    // Whoever links this has the definition above linked, too.
    std::hint::black_box(__cxa_thread_atexit_impl as Register);
    next().map(|_| ()).ok_or_else(|| "the C library does not drop thread-local variables".into())
}

fn next() -> Option<Register> {
    let mut address = NEXT.load(Ordering::Relaxed);
    if address.is_null() {
        // SAFETY: the name is a C string.
        address = unsafe { libc::dlsym(libc::RTLD_NEXT, NAME.as_ptr()) };
        NEXT.store(address, Ordering::Relaxed);
    }
    // SAFETY: it is null, which is `None`, or the address of a function of this type.
    unsafe { mem::transmute::<*mut c_void, Option<Register>>(address) }
}
