//! A server that sends back what it gets, with a green thread for each of up to 20,000 clients.
//! Run: `cargo run --release --example echoserver [ADDRESS [HUBS]]`; 127.0.0.1:6000 and one hub,
//! which keeps one core busy, if not told.
//! Poke: `nc 127.0.0.1 6000`, or a crowd: `.. --example crowd 10000 127.0.0.1:6000`.

use std::env;
use std::error::Error;
use std::io::{self, Read, Write};

use eventlet::green::net::TcpStream;

mod descriptor_limit;

fn main() -> Result<(), Box<dyn Error>> {
    descriptor_limit::raise();
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:6000".to_owned());
    let n_hubs = env::args().nth(2).map_or(Ok(1), |argument| argument.parse())?;
    // New clients queue here until the server gets to them.
    let listener = eventlet::Listen::new(address).backlog(4096).bind()?;
    println!("listening on {}", listener.local_addr()?);
    let server = eventlet::Serve::new(listener).concurrency(20_000).hubs(n_hubs);
    Ok(server.run(|stream, _| echo(stream))?)
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
