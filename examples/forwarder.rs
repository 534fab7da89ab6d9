//! Forwards TCP connections to another address: two green threads for each, one a direction.
//! Run: `cargo run --example forwarder ADDRESS TARGET`, such as `127.0.0.1:7000 127.0.0.1:6000`.
//! Poke: start `echoserver`, then `nc 127.0.0.1 7000`; stop it, and try again.

use std::env;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::process;
use std::rc::Rc;

use eventlet::green::net::TcpStream;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [address, target] = arguments.as_slice() else {
        eprintln!("usage: forwarder ADDRESS TARGET");
        process::exit(2);
    };
    let (listener, target) = (eventlet::listen(address.as_str())?, target.clone());
    println!("listening on {}", listener.local_addr()?);
    eventlet::serve(listener, move |client, from| {
        if let Err(error) = forward(client, &target) {
            eprintln!("{from}: {error}");
        }
    })
}

fn forward(client: TcpStream, target: &str) -> io::Result<()> {
    let server = Rc::new(eventlet::connect(target)?);
    let client = Rc::new(client);

    let there = eventlet::spawn({
        let (client, server) = (client.clone(), server.clone());
        move || pump(&client, &server)
    });
    let back = pump(&server, &client);
    there.wait().unwrap_or_else(|exit| exit.resume())?;
    back
}

/// Copies until the sender has nothing more to say, and tells the receiver so. If one of them
/// fails, neither direction is of use any more.
fn pump(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let copied = copy(&mut from, &mut to).and_then(|()| to.shutdown(Shutdown::Write));
    if copied.is_err() {
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
    copied
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            length => to.write_all(&buffer[..length])?,
        }
    }
}
