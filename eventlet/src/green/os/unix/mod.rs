//! [`std::os::unix`], with green forms of what waits.

pub mod fs;
pub mod net;
pub mod prelude;
pub mod thread;

pub use std::os::unix::{ffi, io};

#[allow(deprecated, reason = "so it is in std")]
pub use std::os::unix::raw;
pub mod process;
