//! A green thread per connection.

use std::io::{self, Read, Write};
use std::net;

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::spawn_n;

use crate::peers::http::Exchange;
use crate::workloads::MESSAGE;

pub(super) fn echo(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |mut stream| {
        let mut buffer = [0; 16 * MESSAGE];
        loop {
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                n => stream.write_all(&buffer[..n])?,
            }
        }
    })
}

pub(super) fn http(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |mut stream| {
        let mut exchange = Exchange::default();
        loop {
            match stream.read(exchange.space())? {
                0 => return Ok(()),
                n => stream.write_all(exchange.advance(n)?)?,
            }
        }
    })
}

pub(super) fn connect(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |mut stream| {
        let mut message = [0; MESSAGE];
        stream.read_exact(&mut message)?;
        stream.write_all(&message)
    })
}

fn serve(listener: net::TcpListener, handler: fn(TcpStream) -> io::Result<()>) -> io::Result<()> {
    let listener = TcpListener::from(listener);
    loop {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        spawn_n(move || {
            // A client that goes away in the middle is not the server's error.
            let _ = handler(stream);
        });
    }
}
