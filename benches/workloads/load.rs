//! The load generator: one thread, one epoll set, one message under way per connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::MESSAGE;
use crate::machine::Epoll;

/// The server is taken for dead when nothing comes for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a run came to.
pub(super) struct Done {
    pub(super) n_messages: u64,
    pub(super) elapsed: Duration,
}

/// The client side of all connections.
pub(super) struct Clients {
    epoll: Epoll,
    clients: Vec<Client>,
}

struct Client {
    stream: TcpStream,
    /// What was sent last and is expected back.
    message: [u8; MESSAGE],
    /// How much of it has come back.
    n_received: usize,
}

impl Clients {
    /// Opens the connections and sends the first message on each.
    pub(super) fn connect(address: SocketAddr, n: usize) -> io::Result<Self> {
        let epoll = Epoll::new()?;
        let mut clients = Vec::with_capacity(n);
        for index in 0..n {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            epoll.add(&stream, index as u64)?;
            // Every connection begins with a pattern of its own, so that answers which go to
            // the wrong one are noticed.
            let message = std::array::from_fn(|byte| (index * 31 + byte * 7) as u8);
            let mut client = Client { stream, message, n_received: 0 };
            client.stream.write_all(&client.message)?;
            clients.push(client);
        }
        Ok(Clients { epoll, clients })
    }

    /// Keeps all connections busy for `window`. Messages are still under way afterwards.
    pub(super) fn run_for(&mut self, window: Duration) -> io::Result<Done> {
        let begin = Instant::now();
        let mut n_messages = 0;
        loop {
            let n_events = self.epoll.wait(Some(PATIENCE))?;
            if n_events == 0 {
                return Err(io::Error::new(
                    ErrorKind::TimedOut,
                    "the server has stopped answering",
                ));
            }
            for index in 0..n_events {
                let client = &mut self.clients[self.epoll.token(index) as usize];
                n_messages += u64::from(client.advance()?);
            }
            let elapsed = begin.elapsed();
            if elapsed >= window {
                return Ok(Done { n_messages, elapsed });
            }
        }
    }
}

impl Client {
    /// Takes what has come; if that completes the message, checks it and sends the next one.
    fn advance(&mut self) -> io::Result<bool> {
        let mut received = [0; MESSAGE];
        let expected = &self.message[self.n_received..];
        let n = self.stream.read(&mut received[..expected.len()])?;
        if n == 0 || received[..n] != expected[..n] {
            return Err(io::Error::new(ErrorKind::InvalidData, "the echo is not what was sent"));
        }
        self.n_received += n;
        if self.n_received < MESSAGE {
            return Ok(false);
        }
        self.n_received = 0;
        // A new message each time: an old one sent twice is noticed.
        for byte in &mut self.message {
            *byte = byte.wrapping_add(1);
        }
        self.stream.write_all(&self.message)?;
        Ok(true)
    }
}
