//! Sockets.

pub(super) mod receive;
