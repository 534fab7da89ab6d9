//! What is written arrives, whole and in order, whoever the peer is.

use std::cell::Cell;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net;
use std::rc::Rc;
use std::thread;

use eventlet::green::net::{Shutdown, TcpListener, TcpStream};
use eventlet::{sleep, spawn};
use eventlet_tests::net::{half_green_pair, pair, pattern};
use eventlet_tests::{check, ms, yield_now};

/// Returns everything that comes until its end.
fn echo(mut stream: impl Read + Write) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            n => stream.write_all(&buffer[..n])?,
        }
    }
}

/// Sends messages of many sizes and expects each back.
fn converse(mut stream: impl Read + Write) {
    for size in [1, 2, 63, 64, 65, 4095, 4096, 4097, 10_000] {
        let message = pattern(size as u64, size);
        stream.write_all(&message).unwrap();
        let mut answer = vec![0; size];
        stream.read_exact(&mut answer).unwrap();
        assert!(answer == message, "a message of {size} bytes came back changed");
    }
}

#[test]
fn echo_between_green_threads() {
    check(|| {
        let (client, server) = pair();
        let echo = spawn(move || echo(server));
        spawn(move || converse(client)).wait().unwrap();
        echo.wait().unwrap().unwrap();
    });
}

#[test]
fn echo_by_a_blocking_peer() {
    check(|| {
        let (client, server) = half_green_pair();
        let echo = thread::spawn(move || echo(server));
        converse(client);
        echo.join().unwrap().unwrap();
    });
}

#[test]
fn echo_for_a_blocking_peer() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = thread::spawn(move || converse(net::TcpStream::connect(address).unwrap()));
        echo(listener.accept().unwrap().0).unwrap();
        client.join().unwrap();
    });
}

#[test]
fn one_listener_serves_many_at_once() {
    check(|| {
        let listener = Rc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        let theirs = listener.clone();
        let server = spawn(move || {
            let serve = |stream: io::Result<_>| spawn(move || echo(stream.unwrap()).unwrap());
            theirs.incoming().map(serve).collect::<Vec<_>>()
        });
        let clients: Vec<_> = (0..50)
            .map(|_| spawn(move || converse(TcpStream::connect(address).unwrap())))
            .collect();
        clients.into_iter().for_each(|client| client.wait().unwrap());
        listener.close();
        let echoes = server.wait().unwrap();
        echoes.into_iter().for_each(|echo| echo.wait().unwrap());
    });
}

const BIG: usize = 8 << 20;

/// Sends one pattern, receives the other, both at once.
fn exchange(stream: &TcpStream, sent: u64, received: u64) {
    let mut writer = stream.try_clone().unwrap();
    let writing = spawn(move || {
        writer.write_all(&pattern(sent, BIG)).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let mut bytes = Vec::new();
    (&*stream).read_to_end(&mut bytes).unwrap();
    assert!(bytes == pattern(received, BIG), "{} bytes came, and not the right ones", bytes.len());
    writing.wait().unwrap();
}

#[test]
fn both_directions_at_once_through_clones() {
    check(|| {
        let (left, right) = pair();
        let other = spawn(move || exchange(&right, 1, 2));
        exchange(&left, 2, 1);
        other.wait().unwrap();
    });
}

#[test]
fn both_directions_at_once_through_references() {
    check(|| {
        let (green, blocking) = half_green_pair();
        let peer = thread::spawn(move || {
            let mut reader = blocking.try_clone().unwrap();
            let reading = thread::spawn(move || {
                let mut bytes = Vec::new();
                reader.read_to_end(&mut bytes).unwrap();
                bytes
            });
            (&blocking).write_all(&pattern(3, BIG)).unwrap();
            blocking.shutdown(Shutdown::Write).unwrap();
            assert!(reading.join().unwrap() == pattern(4, BIG));
        });
        let green = Rc::new(green);
        let writer = green.clone();
        let writing = spawn(move || {
            (&*writer).write_all(&pattern(4, BIG)).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut bytes = Vec::new();
        (&*green).read_to_end(&mut bytes).unwrap();
        assert!(bytes == pattern(3, BIG));
        writing.wait().unwrap();
        peer.join().unwrap();
    });
}

/// The end of a stream that comes together with its last bytes, in whatever order the system
/// reports them, is seen after a short read.
#[test]
fn the_end_that_comes_with_the_data_is_not_lost() {
    check(|| {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let peer = thread::spawn(move || {
            for round in 0..2000 {
                let (mut stream, _) = listener.accept().unwrap();
                stream.write_all(&pattern(round, 1 + round as usize % 100)).unwrap();
                if round % 3 == 0 {
                    thread::yield_now();
                }
            }
        });
        for round in 0..2000 {
            let mut stream = TcpStream::connect(address).unwrap();
            if round % 2 == 0 {
                yield_now();
            }
            let (mut bytes, mut buffer) = (Vec::new(), [0; 1024]);
            loop {
                match stream.read(&mut buffer).unwrap() {
                    0 => break,
                    n => bytes.extend_from_slice(&buffer[..n]),
                }
            }
            assert_eq!(bytes, pattern(round, 1 + round as usize % 100));
            assert_eq!(stream.read(&mut buffer).unwrap(), 0, "the end stays the end");
        }
        peer.join().unwrap();
    });
}

#[test]
fn the_end_between_green_threads_is_not_lost() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        for round in 0..1000 {
            let writer = spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                for part in 0..=round % 3 {
                    stream.write_all(&pattern(part, 10)).unwrap();
                    if round % 2 == 0 {
                        yield_now();
                    }
                }
            });
            let mut bytes = Vec::new();
            listener.accept().unwrap().0.read_to_end(&mut bytes).unwrap();
            let expected: Vec<u8> = (0..=round % 3).flat_map(|part| pattern(part, 10)).collect();
            assert_eq!(bytes, expected);
            writer.wait().unwrap();
        }
    });
}

#[test]
fn vectored() {
    check(|| {
        let (mut left, mut right) = pair();
        let parts = [IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"seven")];
        assert_eq!(left.write_vectored(&parts).unwrap(), 8);
        let (mut first, mut second) = ([0; 4], [0; 10]);
        let mut bufs = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(right.read_vectored(&mut bufs).unwrap(), 8);
        assert_eq!((&first, &second[..4]), (b"ones", &b"even"[..]));
        assert_eq!(right.read_vectored(&mut []).unwrap(), 0);
        assert_eq!(left.write_vectored(&[]).unwrap(), 0);
    });
}

/// Writing nothing does not wait, even if the stream is known to be full.
#[test]
fn writing_nothing_does_not_wait() {
    check(|| {
        let (left, _right) = pair();
        let left = Rc::new(left);
        let theirs = left.clone();
        let writer = spawn(move || while (&*theirs).write(&[0; 65536]).is_ok() {});
        yield_now();
        assert_eq!((&*left).write(&[]).unwrap(), 0);
        assert_eq!((&*left).write_vectored(&[]).unwrap(), 0);
        left.close();
        writer.wait().unwrap();
    });
}

#[test]
fn peek_takes_nothing() {
    check(|| {
        let (mut left, mut right) = pair();
        let peeker = spawn(move || {
            let mut buffer = [0; 100];
            for _ in 0..3 {
                assert_eq!(left.peek(&mut buffer).unwrap(), 5);
                assert_eq!(&buffer[..5], b"hello");
            }
            assert_eq!(left.read(&mut buffer).unwrap(), 5);
            assert_eq!(left.peek(&mut buffer).unwrap(), 0, "the end can be peeked at");
        });
        yield_now();
        right.write_all(b"hello").unwrap();
        right.shutdown(Shutdown::Write).unwrap();
        peeker.wait().unwrap();
    });
}

#[test]
fn a_reset_is_an_error() {
    check(|| {
        let (mut left, mut right) = pair();
        left.write_all(b"never read").unwrap();
        right.write_all(b"x").unwrap();
        left.read_exact(&mut [0]).unwrap();
        let reader = spawn(move || left.read(&mut [0; 10]).unwrap_err().kind());
        yield_now();
        drop(right);
        assert_eq!(reader.wait().unwrap(), io::ErrorKind::ConnectionReset);
    });
}

#[test]
fn two_readers_share_the_bytes() {
    check(|| {
        let (left, mut right) = pair();
        let left = Rc::new(left);
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let stream = left.clone();
                spawn(move || {
                    let (mut n_read, mut byte) = (0, [0]);
                    while (&*stream).read(&mut byte).unwrap() == 1 {
                        n_read += 1;
                        yield_now();
                    }
                    n_read
                })
            })
            .collect();
        for _ in 0..100 {
            right.write_all(b"x").unwrap();
            yield_now();
        }
        drop(right);
        let counts: Vec<i32> = readers.into_iter().map(|reader| reader.wait().unwrap()).collect();
        assert_eq!(counts.iter().sum::<i32>(), 100);
        assert!(counts.iter().all(|&n| n > 0), "one had nothing: {counts:?}");
    });
}

/// Who always finds something to read never has to wait, and lets the others run all the same.
#[test]
fn a_flooded_reader_does_not_starve_the_others() {
    check(|| {
        let (mut stream, mut peer) = half_green_pair();
        let flood = thread::spawn(move || while peer.write_all(&[0; 65536]).is_ok() {});
        let is_done = Rc::new(Cell::new(false));
        let flag = is_done.clone();
        let sleeper = spawn(move || {
            (0..20).for_each(|_| sleep(ms(1)));
            flag.set(true);
        });
        while !is_done.get() {
            stream.read_exact(&mut [0; 16]).unwrap();
        }
        sleeper.wait().unwrap();
        drop(stream);
        flood.join().unwrap();
    });
}
