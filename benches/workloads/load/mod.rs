//! The load generator: one thread, one epoll set, one exchange under way per connection.

mod dialogue;
mod http;

use std::io::{self, Error, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

pub(super) use dialogue::{Dialogue, Echo};
pub(super) use http::Http;

use crate::machine::Epoll;

/// The server is taken for dead when nothing comes for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a run came to.
pub(super) struct Done {
    pub(super) n_answers: u64,
    pub(super) elapsed: Duration,
}

/// When a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Never: the next request follows the answer.
    Never,
    /// The server closes it after the answer, and a new one is opened.
    AfterAnswer,
}

/// The client side of all connections.
pub(super) struct Clients<D> {
    address: SocketAddr,
    closing: Closing,
    epoll: Epoll,
    clients: Vec<Client<D>>,
}

struct Client<D> {
    stream: TcpStream,
    dialogue: D,
    /// Room for an answer and one byte that must not come.
    received: Vec<u8>,
    n_received: usize,
}

/// How far a client has come.
#[derive(PartialEq, Eq)]
enum Progress {
    Partial,
    Answered,
    Closed,
}

impl<D: Dialogue> Clients<D> {
    /// Opens a connection for each dialogue and sends the first request.
    pub(super) fn connect(
        address: SocketAddr,
        closing: Closing,
        dialogues: impl Iterator<Item = D>,
    ) -> io::Result<Self> {
        let mut clients = Clients { address, closing, epoll: Epoll::new()?, clients: Vec::new() };
        for dialogue in dialogues {
            let stream = clients.open(clients.clients.len())?;
            let received = vec![0; dialogue.answer_len() + 1];
            let mut client = Client { stream, dialogue, received, n_received: 0 };
            client.ask()?;
            clients.clients.push(client);
        }
        Ok(clients)
    }

    fn open(&self, index: usize) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        self.epoll.add(&stream, index as u64)?;
        Ok(stream)
    }

    /// Keeps all connections busy for `window`. Requests are still under way afterwards.
    pub(super) fn run_for(&mut self, window: Duration) -> io::Result<Done> {
        let begin = Instant::now();
        let mut n_answers = 0;
        loop {
            let n_events = self.epoll.wait(Some(PATIENCE))?;
            if n_events == 0 {
                return Err(Error::new(ErrorKind::TimedOut, "the server has stopped answering"));
            }
            for index in 0..n_events {
                n_answers += self.advance(self.epoll.token(index) as usize)?;
            }
            let elapsed = begin.elapsed();
            if elapsed >= window {
                return Ok(Done { n_answers, elapsed });
            }
        }
    }

    /// Takes what has come on a connection, goes on if that completes an exchange, and says how
    /// many answers it was.
    fn advance(&mut self, index: usize) -> io::Result<u64> {
        let client = &mut self.clients[index];
        let n_answers = client.dialogue.n_answers();
        match (client.receive()?, self.closing) {
            (Progress::Answered, Closing::Never) => client.ask()?,
            (Progress::Closed, Closing::AfterAnswer) => {
                let stream = self.open(index)?;
                let client = &mut self.clients[index];
                // Closing the old one also takes it out of the epoll set.
                client.stream = stream;
                client.ask()?;
            }
            (Progress::Closed, Closing::Never) => return Err(wrong("the server has hung up")),
            (Progress::Partial, _) | (Progress::Answered, Closing::AfterAnswer) => return Ok(0),
        }
        Ok(n_answers)
    }
}

impl<D: Dialogue> Client<D> {
    fn ask(&mut self) -> io::Result<()> {
        self.n_received = 0;
        self.stream.write_all(self.dialogue.request())
    }

    /// Takes what has come and, if that completes the answer, checks it.
    fn receive(&mut self) -> io::Result<Progress> {
        let complete = self.received.len() - 1;
        let n = self.stream.read(&mut self.received[self.n_received..])?;
        self.n_received += n;
        if n == 0 {
            return match self.n_received == complete {
                true => Ok(Progress::Closed),
                false => Err(wrong("the server has hung up in the middle of an answer")),
            };
        }
        if self.n_received < complete {
            return Ok(Progress::Partial);
        }
        if self.n_received > complete || !self.dialogue.accept(&self.received[..complete]) {
            return Err(wrong("the answer is not what it must be"));
        }
        Ok(Progress::Answered)
    }
}

fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}
