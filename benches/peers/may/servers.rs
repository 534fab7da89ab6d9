//! A coroutine per connection.
#![allow(unsafe_code, reason = "may takes a listener as a descriptor only")]

use std::io::{self, Read, Write};
use std::net;
use std::os::fd::{FromRawFd, IntoRawFd};

use may::go;
use may::net::{TcpListener, TcpStream};

use super::run;
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

pub(super) fn connect(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |mut stream| {
        let mut message = [0; MESSAGE];
        stream.read_exact(&mut message)?;
        stream.write_all(&message)
    })
}

fn serve(listener: net::TcpListener, handler: fn(TcpStream) -> io::Result<()>) -> io::Result<()> {
    run(move || {
        // SAFETY: the descriptor is open, and nobody else's from here on.
        let listener = unsafe { TcpListener::from_raw_fd(listener.into_raw_fd()) };
        loop {
            let (stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            go!(move || {
                // A client that goes away in the middle is not the server's error.
                let _ = handler(stream);
            });
        }
    })
}
