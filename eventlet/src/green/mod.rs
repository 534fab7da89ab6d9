//! The parts of std that wait, green.

pub use eventlet_macros::{main, test};

pub mod net;
