//! Addresses where connecting or waiting for an answer takes for ever.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use eventlet_tests::sys::set_backlog;

/// A listener that accepts nobody, as long as this lives.
pub struct Deaf {
    listener: TcpListener,
    /// Those who have taken all places in the line, and keep them.
    in_line: Vec<TcpStream>,
}

impl Deaf {
    /// Where connecting never comes to an end.
    pub fn to_calls() -> Self {
        let mut deaf = Deaf::to_words();
        set_backlog(&deaf.listener, 0);
        let address = deaf.address();
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok();
        deaf.in_line = std::iter::from_fn(connect).take(100).collect();
        assert!(deaf.in_line.len() < 100, "the line is never full");
        deaf
    }

    /// Where one can connect, and nothing that is said is heard.
    pub fn to_words() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there are free ports");
        set_backlog(&listener, 1000);
        Deaf { listener, in_line: Vec::new() }
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("it is bound")
    }
}
