//! [`std::os`], with green forms of what is the system's own and waits.

pub use std::os::{fd, raw};

#[cfg(target_os = "linux")]
pub mod linux;
pub mod unix;
