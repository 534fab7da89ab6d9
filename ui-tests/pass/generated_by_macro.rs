//! A macro may write the attribute and pass in the types and expressions that are rewritten.
#![deny(warnings)]

use eventlet::green;

macro_rules! bind {
    ($name:ident, $listener:ty, $bind:path, $address:expr) => {
        #[green]
        fn $name() -> std::io::Result<$listener> {
            $bind($address)
        }
    };
}

bind!(
    local,
    std::net::TcpListener,
    std::net::TcpListener::bind,
    std::net::SocketAddr::from(([127, 0, 0, 1], 0))
);

fn main() {
    let listener: green::net::TcpListener = local().unwrap();
    assert!(listener.local_addr().unwrap().ip().is_loopback());
}
