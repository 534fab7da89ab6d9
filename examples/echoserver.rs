//! A server that sends back what it gets, with a green thread for each of up to 20,000 clients.
//! Run: `cargo run --release --example echoserver [ADDRESS]`; 127.0.0.1:6000 if not told.
//! Poke: `nc 127.0.0.1 6000`, or a crowd: `.. --example crowd 10000 127.0.0.1:6000`.

use std::env;
use std::io::{self, Read, Write};

use eventlet::green::net::TcpStream;

mod descriptor_limit;

fn main() -> io::Result<()> {
    descriptor_limit::raise();
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:6000".to_owned());
    // New clients queue here until the server gets to them.
    let listener = eventlet::Listen::new(address).backlog(4096).bind()?;
    println!("listening on {}", listener.local_addr()?);
    eventlet::serve_with(listener, |stream, _| echo(stream), 20_000)
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        // Waits for this client only: meanwhile the others are served.
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => stream.write_all(&buffer[..length])?,
        }
    }
}
