//! A name that no `std::net` has, shown where it is written.

use eventlet::green;

#[green]
fn connect() {
    let _ = std::net::TcpStreem::connect("127.0.0.1:1");
}

fn main() {
    connect();
}
