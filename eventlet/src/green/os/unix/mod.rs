//! [`std::os::unix`], with green forms of what waits.

pub use std::os::unix::{ffi, io};
