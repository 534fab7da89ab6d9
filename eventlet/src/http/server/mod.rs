//! The server: its settings, its accept loop, its end.

mod accept;
mod builder;
mod connection;
mod hubs;
mod listener;
mod options;
mod room;
mod running;
mod seats;
mod service;

pub use builder::Server;
pub use hubs::ServerHubs;
pub use listener::Listener;
pub use running::Running;
