//! The server: its settings, its accept loop, its end.

mod accept;
mod builder;
mod connection;
mod listener;
mod running;
mod seats;
mod service;

pub use builder::Server;
pub use listener::Listener;
pub use running::Running;
