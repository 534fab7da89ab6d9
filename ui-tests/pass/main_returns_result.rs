//! `#[green::main]` on a `main` that returns a `Result`, under a timeout.
#![deny(warnings)]

use eventlet::green;

#[green::main(timeout = "5s")]
fn main() -> std::io::Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    std::net::TcpStream::connect(listener.local_addr()?)?;
    Ok(())
}
