//! The HTTP at the beginning.

mod agree;
mod client;
mod error;
mod head;
mod server;
mod tokens;
mod url;

pub(super) use agree::{Agreed, Refusal, agree};
pub(super) use client::{connect, open};
pub use error::HandshakeError;
pub(super) use server::accept;

use ::http::HeaderMap;

/// What a handshake leaves behind.
#[derive(Clone, Default)]
pub(super) struct Opening {
    /// What the client asked for, such as `/chat?room=1`.
    pub(super) target: String,
    /// The peer's header.
    pub(super) headers: HeaderMap,
    /// The sub-protocol that was agreed on.
    pub(super) protocol: Option<String>,
    /// The version of the protocol: 13, or 8.
    pub(super) version: u8,
}
