//! Green threads for ordinary blocking code.

#[cfg(panic = "abort")]
compile_error!(
    "eventlet needs panic = \"unwind\": killing a green thread and timing it out unwind its stack. \
     Remove `panic = \"abort\"` from the profile"
);

mod unwind;

#[allow(unsafe_code, reason = "stack switching, guard pages and the overflow handler")]
mod coroutine;
mod hub;

mod greenthread;
mod timeout;

#[allow(unsafe_code, reason = "taking a descriptor out of its wrapper, and its flags")]
mod greenio;

pub mod debug;
pub mod green;
pub mod hubs;
pub mod tpool;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use eventlet_macros::{green, import_patched};
pub use greenthread::{
    Builder, Exit, ExitStatus, GreenThread, Handle, Link, current, kill, sleep, spawn, spawn_after,
    spawn_after_local, spawn_n,
};
pub use timeout::{TimedOut, Timeout, with_timeout};
