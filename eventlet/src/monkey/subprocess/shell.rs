//! Commands that the C library runs, and waits for by calls of its own.
//!
//! The original does that, on an OS thread apart. A green thread that is killed or times out meanwhile
//! leaves it there: the command runs on, and is reaped.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::null;

use libc::FILE;

use crate::monkey::{elsewhere, errno};

patched! {
    /// Runs a command by the shell.
    [Subprocess] fn system(command: *const c_char) -> c_int => run;

    /// Closes a pipe to a command, and waits for its end.
    [Subprocess] fn pclose(stream: *mut FILE) -> c_int => close;
}

unsafe fn run(command: *const c_char) -> c_int {
    // SAFETY: the caller gives a string, or null.
    let command = (!command.is_null()).then(|| CString::from(unsafe { CStr::from_ptr(command) }));
    apart(move || {
        let command = command.as_ref().map_or(null(), |command| command.as_ptr());
        // SAFETY: as above.
        unsafe { originals::system(command) }
    })
}

unsafe fn close(stream: *mut FILE) -> c_int {
    struct Stream(*mut FILE);
    // SAFETY: the C library locks its streams. The caller has given this one up.
    unsafe impl Send for Stream {}
    impl Stream {
        fn close(self) -> c_int {
            // SAFETY: the caller keeps the contract of the C function.
            unsafe { originals::pclose(self.0) }
        }
    }
    let stream = Stream(stream);
    apart(move || stream.close())
}

/// Runs `call` on an OS thread of its own, and takes its `errno` over.
fn apart(call: impl FnOnce() -> c_int + Send + 'static) -> c_int {
    match elsewhere::apart(|| (call(), errno::get())) {
        Ok((-1, error)) | Err(error) => errno::fail(error),
        Ok((status, _)) => status,
    }
}
