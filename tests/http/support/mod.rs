//! What the tests of servers share: real clients, certificates, and ports.

mod certificates;

pub use certificates::{Certificates, Issued, PASSWORD};
