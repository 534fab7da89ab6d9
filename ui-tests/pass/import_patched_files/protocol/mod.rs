//! A `mod.rs`, with its modules beside it.

pub mod framing;
