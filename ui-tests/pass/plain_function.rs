//! Paths in a signature, a body and its imports lead to the mirrors; the call stays a plain call.
#![deny(warnings)]

use eventlet::green;

/// Accepts one connection on `listener` and reads what the client says.
#[green]
#[inline]
pub fn receive(listener: &std::net::TcpListener) -> std::io::Result<String> {
    use std::io::Read;
    let (mut stream, _): (std::net::TcpStream, ::std::net::SocketAddr) = listener.accept()?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

#[green]
fn send(to: std::net::SocketAddr, text: &str) -> std::io::Result<()> {
    std::io::Write::write_all(&mut std::net::TcpStream::connect(to)?, text.as_bytes())
}

fn main() {
    let listener = green::net::TcpListener::bind("127.0.0.1:0").unwrap();
    send(listener.local_addr().unwrap(), "hello").unwrap();
    assert_eq!(receive(&listener).unwrap(), "hello");
}
