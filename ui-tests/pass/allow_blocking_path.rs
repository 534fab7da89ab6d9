//! What `allow` names may block, and keeps leading to std.
#![deny(warnings)]

use eventlet::green;

#[green(allow(std::fs, std::net::UdpSocket, std::thread::park_timeout, std::sync))]
fn wait() -> bool {
    use std::sync::{Barrier, Mutex};
    use std::{net, thread};
    let socket = std::net::UdpSocket::bind("127.0.0.1:0");
    assert!(socket.is_ok());
    thread::park_timeout(std::time::Duration::from_millis(1));
    let address = Mutex::new(net::IpAddr::from([127, 0, 0, 1]));
    Barrier::new(1).wait().is_leader()
        && address.lock().unwrap().is_loopback()
        && std::fs::metadata("/").is_ok()
}

fn main() {
    assert!(wait());
}
