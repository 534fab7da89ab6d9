//! What `allow` names may block, and keeps leading to std.
#![deny(warnings)]

use eventlet::green;

#[green(allow(std::fs, std::thread::park_timeout))]
fn wait() -> bool {
    use std::{net, thread};
    thread::park_timeout(std::time::Duration::from_millis(1));
    let address = net::IpAddr::from([127, 0, 0, 1]);
    address.is_loopback() && std::fs::metadata("/").is_ok()
}

fn main() {
    assert!(wait());
}
