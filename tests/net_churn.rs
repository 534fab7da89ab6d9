//! Sockets opened and closed at a high rate, by green threads and OS threads, every byte verified.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use eventlet::green::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use eventlet::{spawn, with_timeout};
use eventlet_tests::net::{Random, pattern};
use eventlet_tests::{check, ms};

const DURATION: std::time::Duration = ms(2000);

/// Returns everything at once when the client has said its last.
fn answer(mut stream: impl Read + Write) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    stream.write_all(&bytes)
}

/// One exchange; `end` shuts the sending half down.
fn ask<S: Read + Write>(mut stream: S, random: &mut Random, end: impl Fn(&S)) {
    let size = match random.below(10) {
        0 => 1 + random.below(200_000),
        _ => 1 + random.below(2000),
    };
    let question = pattern(random.next(), size);
    stream.write_all(&question).unwrap();
    end(&stream);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer == question, "{} of {} bytes, or other ones", answer.len(), question.len());
}

fn green_client(address: SocketAddr, seed: u64, until: Instant) -> usize {
    let (mut random, mut n_exchanges) = (Random::new(seed), 0);
    while Instant::now() < until {
        if random.below(8) == 0 {
            // One that gives up in the middle.
            let _ = with_timeout(std::time::Duration::ZERO, || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.write_all(b"half a question")?;
                stream.read(&mut [0; 100])
            });
            continue;
        }
        ask(TcpStream::connect(address).unwrap(), &mut random, |stream| {
            stream.shutdown(Shutdown::Write).unwrap();
        });
        n_exchanges += 1;
    }
    n_exchanges
}

fn blocking_client(address: SocketAddr, seed: u64, until: Instant) -> usize {
    let (mut random, mut n_exchanges) = (Random::new(seed), 0);
    while Instant::now() < until {
        ask(net::TcpStream::connect(address).unwrap(), &mut random, |stream| {
            stream.shutdown(net::Shutdown::Write).unwrap();
        });
        n_exchanges += 1;
    }
    n_exchanges
}

/// A server on an OS thread, one connection at a time, until it is told to stop.
fn blocking_server(stop: Arc<AtomicBool>) -> (SocketAddr, thread::JoinHandle<()>) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        for stream in listener.incoming() {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            // A client that gave up has reset the connection.
            let _ = answer(stream.unwrap());
        }
    });
    (address, server)
}

#[test]
fn churn() {
    check(|| {
        let until = Instant::now() + DURATION;
        let listener = Rc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let green_address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (blocking_address, blocking_server) = blocking_server(stop.clone());

        let n_open = Rc::new(Cell::new(0));
        let (accepting, open) = (listener.clone(), n_open.clone());
        let server = spawn(move || {
            for stream in accepting.incoming() {
                let (stream, open) = (stream.unwrap(), open.clone());
                open.set(open.get() + 1);
                spawn(move || {
                    let _ = answer(stream);
                    open.set(open.get() - 1);
                });
            }
        });
        let n_blocking = Arc::new(AtomicUsize::new(0));
        let os_threads: Vec<_> = (0..2)
            .map(|seed| {
                let n_blocking = n_blocking.clone();
                thread::spawn(move || {
                    let n = blocking_client(green_address, 100 + seed, until);
                    n_blocking.fetch_add(n, Ordering::Relaxed);
                })
            })
            .collect();
        let clients: Vec<_> = (0..8)
            .map(|seed| {
                let address = if seed % 2 == 0 { green_address } else { blocking_address };
                spawn(move || green_client(address, seed, until))
            })
            .collect();
        for client in clients {
            assert!(client.wait().unwrap() > 10, "a client was starved");
        }
        while n_open.get() > 0 || os_threads.iter().any(|thread| !thread.is_finished()) {
            eventlet::sleep(ms(1));
        }
        os_threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(n_blocking.load(Ordering::Relaxed) > 10);

        listener.close();
        server.wait().unwrap();
        stop.store(true, Ordering::Relaxed);
        drop(net::TcpStream::connect(blocking_address));
        blocking_server.join().unwrap();
        assert_eq!(n_open.get(), 0);
    });
}
