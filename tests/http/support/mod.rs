//! What the tests of servers share: real clients, certificates, and ports.

mod certificates;
pub mod client;
pub mod corpus;
pub mod exchange;
pub mod mutate;
pub mod process;
pub mod recorder;
pub mod site;
pub mod strict;
pub mod tls;
pub mod tools;
pub mod websocket;

pub use certificates::{Certificates, Issued, PASSWORD};
