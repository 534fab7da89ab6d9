//! Connections: echoes that must come back whole, broken off at any point.

use std::io::{Read, Write};
use std::rc::Rc;

use eventlet::green::net::{SocketAddr, TcpStream};
use eventlet::hubs::{Direction, trampoline};
use eventlet::{GreenThread, connect, sleep, spawn};
use eventlet_tests::ms;
use eventlet_tests::net::{listener, pattern};

use super::soak::{Soak, Subject};

/// A server that returns what it gets.
pub struct Net {
    address: SocketAddr,
    server: GreenThread<std::io::Result<()>>,
}

fn echo(mut stream: TcpStream) -> std::io::Result<()> {
    let mut clone = stream.try_clone()?;
    std::io::copy(&mut stream, &mut clone).map(drop)
}

impl Net {
    /// Starts the server.
    pub fn start() -> Self {
        let (listener, address) = listener();
        let server = spawn(move || eventlet::serve(listener, |stream, _peer| echo(stream)));
        Net { address, server }
    }
}

impl Subject for Net {
    fn round(&self, soak: &Rc<Soak>) {
        // A port that was used is not free again for a minute.
        sleep(ms(20));
        let stream = connect(self.address).unwrap();
        for _ in 0..soak.below(20) {
            let sent = pattern(soak.below(1000) as u64, 1 + soak.below(100_000));
            let (copy, writing) = (sent.clone(), stream.try_clone().unwrap());
            // If this round is broken off, nobody reads any more, and this ends by the reset.
            let writer = spawn(move || (&writing).write_all(&copy));
            if soak.below(4) == 0 {
                trampoline(&stream, Direction::Read, None).unwrap();
            }
            let mut received = vec![0; sent.len()];
            (&stream).read_exact(&mut received).unwrap();
            assert!(received == sent, "other bytes came back");
            writer.wait().unwrap().unwrap();
        }
    }

    fn stop(&self) {
        self.server.kill();
    }
}
