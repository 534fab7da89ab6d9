//! [`std::os::linux`], with green forms of what waits.

pub use std::os::linux::fs;

#[allow(deprecated, reason = "so it is in std")]
pub use std::os::linux::raw;
