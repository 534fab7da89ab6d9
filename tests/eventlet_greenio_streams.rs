//! The behaviours of Eventlet's own tests of `greenio`, by their names: streams and descriptors.

use std::collections::BTreeSet;
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::net;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::{Shutdown, TcpListener, TcpStream};
use eventlet::hubs::{Direction, trampoline};
use eventlet::{connect, sleep, spawn};
use eventlet_tests::net::{half_green_pair, listener, pair, pattern};
use eventlet_tests::sys::is_nonblocking;
use eventlet_tests::{check, ms, yield_now};

fn read_all(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// A handle and its clone are independent: the connection ends with the last one, whichever it is.
/// `close` ends it for both.
#[test]
fn close_with_makefile() {
    check(|| {
        let (stream, peer) = pair();
        let mut clone = stream.try_clone().unwrap();
        drop(stream);
        clone.write_all(b"hello\n").unwrap();
        drop(clone);
        assert_eq!(read_all(peer), "hello\n");

        let (mut stream, peer) = pair();
        let mut clone = stream.try_clone().unwrap();
        clone.write_all(b"hello").unwrap();
        drop(clone);
        stream.write_all(b"\n").unwrap();
        let mut clone = stream.try_clone().unwrap();
        stream.close();
        assert_eq!(read_all(peer), "hello\n");
        assert!(stream.write(b"b").is_err() && clone.write(b"b").is_err());
    });
}

#[test]
fn del_closes_socket() {
    check(|| {
        let (listener, address) = listener();
        let server = spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut writer = BufWriter::new(stream);
            writer.write_all(b"hello\n").unwrap();
        });
        assert_eq!(read_all(connect(address).unwrap()), "hello\n");
        server.wait().unwrap();
    });
}

/// Accepts connections whose descriptors have numbers that others had before: they get their own
/// data, and who waited on an earlier one was told of its end.
fn accept_on_used_numbers(accept: impl Fn(&TcpListener) -> TcpStream) {
    let (listener, address) = listener();
    let mut numbers = BTreeSet::new();
    const N_ROUNDS: usize = 20;
    for round in 0..N_ROUNDS as u8 {
        let mut client = net::TcpStream::connect(address).unwrap();
        let stream = Rc::new(accept(&listener));
        numbers.insert(stream.as_raw_fd());
        let theirs = stream.clone();
        let reader = spawn(move || {
            let mut byte = [0];
            (&*theirs).read_exact(&mut byte).unwrap();
            ((&*theirs).read(&mut [0]).map_err(|error| error.kind()), byte)
        });
        yield_now();
        client.write_all(&[round]).unwrap();
        // It waits again when it has read the byte.
        while eventlet::hubs::get_hub().stats().io_waiters == 0 || !is_empty(&stream) {
            yield_now();
        }
        stream.close();
        assert_eq!(reader.wait().unwrap(), (Err(ErrorKind::NotConnected), [round]));
    }
    assert!(numbers.len() < N_ROUNDS, "no number came twice");
}

fn is_empty(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    peeked.is_err()
}

#[test]
fn blocking_accept_mark_as_reopened() {
    check(|| accept_on_used_numbers(|listener| listener.accept().unwrap().0));
}

#[test]
fn nonblocking_accept_mark_as_reopened() {
    check(|| {
        accept_on_used_numbers(|listener| {
            listener.set_nonblocking(true).unwrap();
            trampoline(listener, Direction::Read, None).unwrap();
            listener.accept().unwrap().0
        });
    });
}

/// A writer that waits for its peer does not keep the other direction from being read.
#[test]
fn full_duplex() {
    check(|| {
        let (stream, peer) = pair();
        let sent = pattern(1, 8 << 20);
        let (expected, writing) = (sent.clone(), stream.try_clone().unwrap());
        let writer = spawn(move || (&writing).write_all(&sent).unwrap());
        yield_now();
        (&peer).write_all(b"hello world").unwrap();
        let mut greeting = [0; 11];
        (&stream).read_exact(&mut greeting).unwrap();
        assert_eq!(&greeting, b"hello world");
        assert!(!writer.is_dead(), "it waits for its peer");
        let mut received = vec![0; expected.len()];
        (&peer).read_exact(&mut received).unwrap();
        assert!(received == expected);
        writer.wait().unwrap();
    });
}

#[test]
fn sendall() {
    check(|| {
        for n_first in [1000, 10_000, 100_000, 1_000_000] {
            let (mut stream, mut peer) = pair();
            let sender = spawn(move || {
                stream.write_all(&vec![b'x'; n_first]).unwrap();
                stream.write_all(&[b'y'; 10]).unwrap();
            });
            let mut first = vec![0; n_first];
            peer.read_exact(&mut first).unwrap();
            assert!(first.iter().all(|&byte| byte == b'x'));
            let mut rest = String::new();
            peer.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "yyyyyyyyyy");
            sender.wait().unwrap();
        }
    });
}

/// Closing ends a reader's wait, and the peer finds nobody to write to.
#[test]
fn closure() {
    check(|| {
        let (client, mut peer) = pair();
        let sender = spawn(move || {
            let failed = (0..).find_map(|_| peer.write_all(b"hello world").err()).unwrap();
            [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset].contains(&failed.kind())
        });
        let client = Rc::new(client);
        let theirs = client.clone();
        let reader = spawn(move || {
            let mut buffer = [0; 1024];
            loop {
                match (&*theirs).read(&mut buffer) {
                    Ok(n) => assert!(n > 0),
                    Err(error) => return error.kind(),
                }
            }
        });
        yield_now();
        client.close();
        assert_eq!(reader.wait().unwrap(), ErrorKind::NotConnected);
        drop(client);
        assert!(sender.wait().unwrap());
    });
}

#[test]
fn invalid_connection() {
    check(|| {
        let (listener, address) = listener();
        listener.close();
        drop(listener);
        assert_eq!(connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    });
}

/// However a socket was made, it cannot block the hub's OS thread.
#[test]
fn default_nonblocking() {
    check(|| {
        let (listener, address) = listener();
        let client = connect(address).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert!(is_nonblocking(&listener) && is_nonblocking(&client) && is_nonblocking(&accepted));
    });
}

#[test]
fn dup_nonblocking() {
    check(|| {
        let (stream, _peer) = pair();
        assert!(is_nonblocking(&stream.try_clone().unwrap()));
    });
}

/// A socket of std becomes non-blocking when it becomes green.
#[test]
fn set_nonblocking() {
    check(|| {
        let (_stream, peer) = half_green_pair();
        assert!(!is_nonblocking(&peer));
        assert!(is_nonblocking(&TcpStream::from(peer)));
    });
}

/// Options are read and written by std's methods.
#[test]
fn sockopt_interface() {
    check(|| {
        let (stream, _peer) = pair();
        assert!(!stream.nodelay().unwrap());
        stream.set_nodelay(true).unwrap();
        assert!(stream.nodelay().unwrap());
        assert!(stream.take_error().unwrap().is_none());
    });
}

/// What is ready is ready each time it is asked for.
#[test]
fn socketpair_select() {
    check(|| {
        let (stream, _peer) = UnixStream::pair().unwrap();
        for _ in 0..2 {
            trampoline(&stream, Direction::Write, Some(Duration::ZERO)).unwrap();
        }
    });
}

/// Shutting down what is closed is an error that can be passed over, and never a panic.
#[test]
fn shutdown_safe() {
    check(|| {
        let (stream, peer) = pair();
        stream.shutdown(Shutdown::Both).unwrap();
        drop(peer);
        stream.close();
        assert_eq!(stream.shutdown(Shutdown::Both).unwrap_err().kind(), ErrorKind::NotConnected);
    });
}

/// Several that read from one stream, each as much as there is, all get something.
#[test]
fn multiple_readers() {
    check(|| {
        let (stream, mut peer) = pair();
        let stream = Rc::new(stream);
        let n_chunks_of_each = [(); 2].map(|()| {
            let stream = stream.clone();
            spawn(move || (0..).take_while(|_| (&*stream).read(&mut [0; 20]).unwrap() > 0).count())
        });
        for _ in 0..20 {
            sleep(ms(1));
            peer.write_all(&[b'*'; 10]).unwrap();
        }
        drop(peer);
        for n_chunks in n_chunks_of_each {
            assert!(n_chunks.wait().unwrap() > 0, "one had nothing");
        }
    });
}

/// Closed twice and dropped, a socket does not close what others have opened meanwhile.
#[test]
fn double_close_219() {
    check(|| {
        let (stream, _peer) = pair();
        stream.close();
        let (mut left, mut right) = pair();
        stream.close();
        drop(stream);
        left.write_all(b"still open").unwrap();
        right.read_exact(&mut [0; 10]).unwrap();
    });
}

/// A buffered writer sends everything, however little the system takes at a time.
#[test]
fn partial_write_295() {
    check(|| {
        let (stream, mut peer) = pair();
        let talker = spawn(move || {
            let mut writer = BufWriter::with_capacity(1031, stream);
            (0..10_000).for_each(|_| writer.write_all(&[b'*'; 2140]).unwrap());
        });
        let mut received = Vec::new();
        peer.read_to_end(&mut received).unwrap();
        assert_eq!(received.len(), 21_400_000);
        assert!(received.iter().all(|&byte| byte == b'*'));
        talker.wait().unwrap();
    });
}
