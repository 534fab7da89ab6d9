//! What a server may be told; see also [`Server`](super::Server).

mod answers;
mod limits;
mod log;
mod times;
#[cfg(feature = "ssl")]
mod tls;
