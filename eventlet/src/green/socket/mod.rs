//! What the green sockets have in common, written once.
//!
//! Each macro gives a type, whose field `source` holds the socket of std, some of the traits and
//! methods that std's types share. The text that goes with it makes a `socket` for the examples.

mod connected;
mod conversions;
mod every;
mod incoming;
mod stream;
mod ttl;

pub(crate) use connected::{peer_and_timeouts, shutdown};
pub(crate) use conversions::conversions;
pub(crate) use every::every_socket;
pub(crate) use incoming::next_of;
pub(crate) use stream::read_and_write;
pub(crate) use ttl::ttl;
