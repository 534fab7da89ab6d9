//! A type of a swapped module that has no green form yet.

use eventlet::green;

#[green]
fn bind() -> std::io::Result<std::net::UdpSocket> {
    unimplemented!()
}

fn main() {
    let _ = bind();
}
