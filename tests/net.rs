//! Connections and recognisable bytes for the tests of the network.

use std::io::{self, Read, Write};
use std::net;

use eventlet::green::net::{SocketAddr, TcpListener, TcpStream};
use eventlet::{GreenThread, connect, listen, sleep, spawn};

use super::ms;
use super::sys::backlogs_at;

/// Both ends of a connection, green.
pub fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

/// Both ends of a connection, the second one std's.
pub fn half_green_pair() -> (TcpStream, net::TcpStream) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

/// An address where nobody answers, for as long as what is returned with it lives.
pub fn deaf_address() -> (SocketAddr, net::TcpListener, Vec<TcpStream>) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut accepted_by_the_system = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, ms(50)) {
        accepted_by_the_system.push(stream);
        assert!(accepted_by_the_system.len() < 500, "the backlog is never full");
    }
    (address, listener, accepted_by_the_system)
}

/// A listener, and where it is.
pub fn listener() -> (TcpListener, SocketAddr) {
    let listener = listen("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Asserts that nobody of this process listens at an address any more, so that whoever connects is
/// refused. Processes that are just being started may have the listener, too, for a moment.
pub fn assert_refused(address: SocketAddr) {
    assert!(backlogs_at(address).is_empty(), "somebody listens there");
    let error = loop {
        match connect(address) {
            Ok(_) => sleep(ms(1)),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

/// Connects, and waits until the server has closed the connection.
pub fn visit(address: SocketAddr) -> GreenThread<()> {
    spawn(move || {
        let mut stream = connect(address).unwrap();
        // A reset says as well as the end that it is closed.
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

/// Connects, sends `question`, and reads the answer to its end.
pub fn ask(address: SocketAddr, question: &str) -> io::Result<String> {
    let mut stream = connect(address)?;
    stream.write_all(question.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Bytes that tell their place: mixing up or losing any of them is noticed.
pub fn pattern(seed: u64, len: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    (0..len).map(|_| random.next() as u8).collect()
}

/// Numbers without a visible order, the same ones for the same seed.
pub struct Random(u64);

impl Random {
    /// Numbers that depend on `seed`.
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 8
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
