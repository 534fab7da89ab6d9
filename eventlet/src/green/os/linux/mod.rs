//! [`std::os::linux`], with green forms of what waits.

#[cfg(target_os = "linux")]
pub mod net;

pub use std::os::linux::fs;

#[allow(deprecated, reason = "so it is in std")]
pub use std::os::linux::raw;
