//! The least that a server must do: one epoll loop, no tasks, two system calls a message.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::machine::Epoll;
use crate::workloads::MESSAGE;

/// Stands for the listener; connections are numbered from 0.
const LISTENER: u64 = u64::MAX;

pub(crate) fn serve_echo(listener: TcpListener) -> io::Result<()> {
    let mut epoll = Epoll::new()?;
    epoll.add(&listener, LISTENER)?;
    let mut streams: Vec<Option<TcpStream>> = Vec::new();
    let mut buffer = [0; 16 * MESSAGE];
    loop {
        for index in 0..epoll.wait(None)? {
            let token = epoll.token(index);
            if token == LISTENER {
                let (stream, _) = listener.accept()?;
                stream.set_nodelay(true)?;
                stream.set_nonblocking(true)?;
                epoll.add(&stream, streams.len() as u64)?;
                streams.push(Some(stream));
                continue;
            }
            let slot = &mut streams[token as usize];
            let Some(stream) = slot else { continue };
            if echo(stream, &mut buffer).is_err() {
                // Closing it also takes it out of the epoll set.
                *slot = None;
            }
        }
    }
}

/// Answers one event. What is left in the socket is reported again, since the set is
/// level-triggered; a client in a closed loop never leaves anything.
fn echo(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<()> {
    match stream.read(buffer)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        n => stream.write_all(&buffer[..n]),
    }
}
