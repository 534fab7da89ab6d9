//! [`std::os`], with green forms of what is the system's own and waits.

pub use std::os::{fd, raw};

#[cfg(any(target_os = "linux", target_os = "android"))]
pub mod linux;
pub mod unix;
