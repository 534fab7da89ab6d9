//! The least that a server must do: one epoll loop, no tasks, two system calls a message.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;

use crate::machine::{Epoll, accept};
use crate::peers::http::{Exchange, Response};
use crate::workloads::{HELLO, JSON, MESSAGE, Page};

/// Stands for the listener; connections have the numbers from 0.
const LISTENER: u64 = u64::MAX;

/// What is done when a connection has something to read. What is left in the socket is reported
/// again, since the set is level-triggered; an error ends the connection.
trait Connection {
    fn act(&mut self) -> io::Result<()>;

    fn stream(&self) -> &TcpStream;
}

pub(super) fn echo(listener: TcpListener) -> io::Result<()> {
    serve(listener, Echo)
}

pub(super) fn http(listener: TcpListener) -> io::Result<()> {
    serve_page(listener, &HELLO)
}

pub(super) fn json(listener: TcpListener) -> io::Result<()> {
    serve_page(listener, &JSON)
}

fn serve_page(listener: TcpListener, page: &Page) -> io::Result<()> {
    let response = Rc::new(Response::new(page));
    serve(listener, move |stream| Http { stream, exchange: Exchange::new(response.clone()) })
}

pub(super) fn connect(listener: TcpListener) -> io::Result<()> {
    serve(listener, |stream| Once { stream, message: [0; MESSAGE], n_received: 0 })
}

struct Echo(TcpStream);

impl Connection for Echo {
    fn act(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * MESSAGE];
        let n = read(&mut self.0, &mut buffer)?;
        self.0.write_all(&buffer[..n])
    }

    fn stream(&self) -> &TcpStream {
        &self.0
    }
}

struct Http {
    stream: TcpStream,
    exchange: Exchange,
}

impl Connection for Http {
    fn act(&mut self) -> io::Result<()> {
        let n = read(&mut self.stream, self.exchange.space())?;
        self.stream.write_all(self.exchange.advance(n)?)
    }

    fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

/// Answers one message and has done.
struct Once {
    stream: TcpStream,
    message: [u8; MESSAGE],
    n_received: usize,
}

impl Connection for Once {
    fn act(&mut self) -> io::Result<()> {
        self.n_received += read(&mut self.stream, &mut self.message[self.n_received..])?;
        if self.n_received < MESSAGE {
            return Ok(());
        }
        self.stream.write_all(&self.message)?;
        Err(ErrorKind::UnexpectedEof.into())
    }

    fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

/// Reads what is there; the end of the stream is an error.
fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    match stream.read(buffer)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        n => Ok(n),
    }
}

fn serve<C: Connection>(listener: TcpListener, open: impl Fn(TcpStream) -> C) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut epoll = Epoll::new()?;
    epoll.add(&listener, LISTENER)?;
    let mut connections = Connections { list: Vec::new(), free: Vec::new() };
    loop {
        for index in 0..epoll.wait(None)? {
            let token = epoll.token(index);
            if token != LISTENER {
                // What comes after an error is of no interest.
                let _ = connections.act(token as usize);
                continue;
            }
            while let Some(stream) = unless_it_waits(accept(&listener))? {
                stream.set_nodelay(true)?;
                let slot = connections.insert(open(stream));
                // The first message has often come with the connection.
                if unless_it_waits(connections.act(slot)).is_ok()
                    && let Some(connection) = &connections.list[slot]
                {
                    epoll.add(connection.stream(), slot as u64)?;
                }
            }
        }
    }
}

/// The open connections, each in a slot that is used again.
struct Connections<C> {
    list: Vec<Option<C>>,
    free: Vec<usize>,
}

impl<C: Connection> Connections<C> {
    fn insert(&mut self, connection: C) -> usize {
        let slot = self.free.pop().unwrap_or(self.list.len());
        self.list.resize_with(self.list.len().max(slot + 1), || None);
        self.list[slot] = Some(connection);
        slot
    }

    /// Lets a connection act, and closes it when it has ended; that also takes it out of the
    /// epoll set.
    fn act(&mut self, slot: usize) -> io::Result<()> {
        let Some(connection) = &mut self.list[slot] else { return Ok(()) };
        let result = connection.act();
        if result.as_ref().is_err_and(|error| error.kind() != ErrorKind::WouldBlock) {
            self.list[slot] = None;
            self.free.push(slot);
        }
        result
    }
}

/// `None` if there is nothing yet.
fn unless_it_waits<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        other => other.map(Some),
    }
}
