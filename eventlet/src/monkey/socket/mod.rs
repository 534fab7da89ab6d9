//! Sockets.
//!
//! Making sockets and shutting them down needs no patch: neither waits.

pub(super) mod accept;
#[cfg(target_env = "gnu")]
mod aliases;
mod apart;
pub(super) mod connect;
mod door;
mod parts;
pub(super) mod receive;
pub(super) mod receive_many;
pub(super) mod send;
pub(super) mod send_many;

/// Finds the originals of all of them.
pub(super) fn find_all() {
    accept::originals::find_all();
    #[cfg(target_env = "gnu")]
    aliases::originals::find_all();
    connect::originals::find_all();
    receive::originals::find_all();
    receive_many::originals::find_all();
    send::originals::find_all();
    send_many::originals::find_all();
}
