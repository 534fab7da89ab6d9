//! Runs an entry of the corpus against a server, and tells what has come of it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use eventlet::green::net::TcpStream;

use super::corpus::{Entry, Step};

/// How the bytes of an entry are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cuts {
    /// As the entry says.
    Own,
    /// One by one.
    EachByte,
}

/// What has come of an entry.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// The statuses of all answers but the probe's.
    pub statuses: Vec<u16>,
    /// How it ended.
    pub ending: Ending,
    /// The paths that the application was called with.
    pub calls: Vec<String>,
}

/// How an exchange ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// Another request on the same connection was answered.
    Open,
    /// The server ended the connection.
    Closed,
    /// Neither happened for a while.
    Stuck,
}

const PROBE: &[u8] = b"GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n";

/// Runs `entry`, and asks on a new connection what the application was called with. An answer is
/// waited for as long as `patience`.
pub fn exchange(entry: &Entry, server: SocketAddr, cuts: Cuts, patience: Duration) -> Outcome {
    let mut client = Client::connect(server, patience);
    for step in &entry.steps {
        match step {
            Step::Send(bytes) => client.send(bytes, cuts),
            Step::Pause => eventlet::sleep(Duration::from_millis(3)),
            Step::AwaitContinue => client.receive_until(|client| !client.statuses.is_empty()),
            Step::End => drop(client.stream.shutdown(Shutdown::Write)),
        }
    }
    let n_replies = entry.replies.len();
    client.receive_until(|client| client.statuses.len() >= n_replies);
    if !matches!(entry.steps.last(), Some(Step::End)) {
        client.send(PROBE, Cuts::Own);
    }
    client.receive_until(|_| false);
    Outcome {
        statuses: client.statuses,
        ending: client.ending.unwrap_or(Ending::Stuck),
        calls: calls(server, patience),
    }
}

/// The paths that the application was called with since this was asked last.
pub fn calls(server: SocketAddr, patience: Duration) -> Vec<String> {
    let mut client = Client::connect(server, patience);
    client.send(b"GET /calls HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", Cuts::Own);
    client.receive_until(|_| false);
    assert_eq!(client.statuses, [200], "a new connection works");
    String::from_utf8_lossy(&client.last_body).lines().map(str::to_owned).collect()
}

struct Client {
    stream: TcpStream,
    /// What has been received and belongs to no whole answer yet.
    received: Vec<u8>,
    statuses: Vec<u16>,
    last_body: Vec<u8>,
    /// How the exchange has ended, if it has.
    ending: Option<Ending>,
}

impl Client {
    fn connect(server: SocketAddr, patience: Duration) -> Self {
        let stream = TcpStream::connect(server).expect("the server listens");
        stream.set_nodelay(true).expect("a TCP socket");
        stream.set_read_timeout(Some(patience)).expect("a limit");
        stream.set_write_timeout(Some(patience)).expect("a limit");
        let (received, last_body) = (Vec::new(), Vec::new());
        Client { stream, received, statuses: Vec::new(), last_body, ending: None }
    }

    /// Sends as much as the server takes: it may have answered and gone.
    fn send(&mut self, bytes: &[u8], cuts: Cuts) {
        let size = if cuts == Cuts::EachByte { 1 } else { bytes.len().max(1) };
        for piece in bytes.chunks(size) {
            if self.stream.write_all(piece).is_err() {
                return;
            }
        }
    }

    /// Receives answers until there are enough, or the exchange has ended.
    fn receive_until(&mut self, is_enough: impl Fn(&Self) -> bool) {
        let mut buffer = [0; 16384];
        while self.ending.is_none() && !is_enough(self) {
            match self.stream.read(&mut buffer) {
                Ok(0) => self.end(),
                Ok(n) => self.received.extend(&buffer[..n]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.ending = Some(Ending::Stuck);
                }
                Err(_) => self.end(),
            }
            self.take_replies();
        }
    }

    /// Notes that the server has ended the connection. What has no length ends there.
    fn end(&mut self) {
        self.ending = Some(Ending::Closed);
        if let Some(head) = Head::of(&self.received) {
            self.take(head.status, self.received[head.size..].to_vec());
        } else if !self.received.is_empty() {
            // An answer without a head, as HTTP/0.9 had them.
            self.statuses.push(0);
        }
        self.received.clear();
    }

    fn take_replies(&mut self) {
        while let Some(head) = Head::of(&self.received) {
            let Some(length) = head.length else { return };
            if self.received.len() < head.size + length {
                return;
            }
            let reply: Vec<_> = self.received.drain(..head.size + length).collect();
            self.take(head.status, reply[head.size..].to_vec());
        }
    }

    fn take(&mut self, status: u16, body: Vec<u8>) {
        if status == 200 && body == b"/probe" {
            self.ending = Some(Ending::Open);
        } else {
            self.statuses.push(status);
        }
        self.last_body = body;
    }
}

/// What is to be known of an answer's head.
struct Head {
    status: u16,
    size: usize,
    /// The body's size, unless the body ends with the connection.
    length: Option<usize>,
}

impl Head {
    fn of(bytes: &[u8]) -> Option<Head> {
        let size = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let text = String::from_utf8_lossy(&bytes[..size]).to_lowercase();
        let status = text.strip_prefix("http/1.")?.get(2..5)?.parse().ok()?;
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length = length.map(|length| length.trim().parse().expect("a length"));
        let length = if status < 200 { Some(0) } else { length };
        Some(Head { status, size, length })
    }
}
