//! A green thread per connection; HTTP is the library's server.

use std::io::{self, Read, Write};
use std::net;

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::http::{self, Request, Response};
use eventlet::spawn_n;

use crate::workloads::{HELLO, JSON, MESSAGE};

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
    http::serve(TcpListener::from(listener), |_: &mut Request| HELLO.body)
}

pub(super) fn json(listener: net::TcpListener) -> io::Result<()> {
    let app = |_: &mut Request| Response::json(JSON.body.to_owned());
    http::serve(TcpListener::from(listener), app)
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
