//! An `async fn` has no place in green code.

use eventlet::green;

#[green]
async fn fetch() -> u8 {
    std::net::TcpStream::connect("127.0.0.1:1").is_ok().into()
}

fn main() {}
