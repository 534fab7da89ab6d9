//! Clients that connect in the very moment in which a server stops, from other OS threads: all who wait
//! by then are accepted. Who comes after that, and before the system knows that nobody listens any
//! more, is reset: there is no way to close a listener and to keep its queue. These are a few in a
//! hundred stops under load.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use eventlet::http::{Request, Server};
use eventlet::sleep;
use eventlet_http_tests::site::start_server;
use eventlet_tests::{check_within, ms};

/// How often a server stops.
const ROUNDS: usize = 200;

/// What became of the connections that were established.
#[derive(Default)]
struct Counts {
    answered: AtomicUsize,
    lost: AtomicUsize,
}

/// Connects again and again, until the server listens no more.
fn come_and_go(server: SocketAddr, counts: &Counts) {
    let mut may_connect = true;
    while may_connect {
        let connect = |_| TcpStream::connect(server).ok();
        let streams: Vec<_> = (0..8).map_while(connect).collect();
        may_connect = streams.len() == 8;
        for stream in streams {
            let is_answered = ask(stream).unwrap_or(false);
            let count = if is_answered { &counts.answered } else { &counts.lost };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn ask(mut stream: TcpStream) -> io::Result<bool> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.ends_with("hello"))
}

#[test]
fn who_has_connected_is_answered() {
    check_within(Duration::from_secs(150), || {
        let counts = Counts::default();
        for _ in 0..ROUNDS {
            let (server, address) = start_server(Server::new(|_: &mut Request| "hello"));
            thread::scope(|scope| {
                (0..3).for_each(|_| drop(scope.spawn(|| come_and_go(address, &counts))));
                sleep(ms(3));
                server.stop();
            });
        }
        let (answered, lost) = (counts.answered.into_inner(), counts.lost.into_inner());
        println!("{answered} answered, {lost} lost");
        assert!(answered > ROUNDS && lost < ROUNDS / 2, "{answered} answered, {lost} lost");
    });
}
