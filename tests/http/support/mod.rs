//! What the tests of servers share: real clients, certificates, and ports.

mod certificates;
pub mod corpus;
pub mod exchange;
pub mod mutate;
pub mod recorder;
pub mod served;
pub mod strict;
pub mod tls;
pub mod websocket;

pub use certificates::{Certificates, Issued, PASSWORD};
