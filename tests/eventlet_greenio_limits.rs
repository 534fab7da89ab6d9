//! The behaviours of Eventlet's own tests of `greenio`, by their names: sockets with timeouts.
//!
//! A read or write that times out fails as std's does, with `WouldBlock`; a connection attempt
//! with `TimedOut`. Eventlet has one error for both.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::{Event, connect, sleep, spawn, with_timeout};
use eventlet_tests::net::{deaf_address, half_green_pair, listener, pair};
use eventlet_tests::{check, ms, timed};

#[test]
fn connect_timeout() {
    check(|| {
        let (address, _listener, _streams) = deaf_address();
        let late = timed(ms(20), || TcpStream::connect_timeout(&address, ms(20)).unwrap_err());
        assert_eq!(late.kind(), ErrorKind::TimedOut);
    });
}

/// std's listeners have no timeout of their own; a limit does it.
#[test]
fn accept_timeout() {
    check(|| {
        let (listener, address) = listener();
        timed(ms(10), || with_timeout(ms(10), || listener.accept()).unwrap_err());
        let _client = connect(address).unwrap();
        listener.accept().unwrap();
    });
}

/// A read into nothing waits for data, too.
#[test]
fn recv_timeout() {
    check(|| {
        let (mut stream, _peer) = pair();
        stream.set_read_timeout(Some(ms(10))).unwrap();
        for length in [0, 8192] {
            let late = timed(ms(10), || stream.read(&mut vec![0; length]).unwrap_err());
            assert_eq!(late.kind(), ErrorKind::WouldBlock);
        }
    });
}

/// What came before is in the buffer.
#[test]
fn recv_into_timeout() {
    check(|| {
        let (mut stream, mut peer) = half_green_pair();
        stream.set_read_timeout(Some(ms(10))).unwrap();
        peer.write_all(b"abc").unwrap();
        let mut buffer = *b"......";
        let late = timed(ms(10), || stream.read_exact(&mut buffer).unwrap_err());
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert_eq!(&buffer, b"abc...");
    });
}

#[test]
fn send_timeout() {
    check(|| {
        let (mut stream, _peer) = pair();
        stream.set_write_timeout(Some(Duration::from_micros(10))).unwrap();
        let late = loop {
            if let Err(error) = stream.write(&[b'A'; 100_000]) {
                break error;
            }
        };
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn sendall_timeout() {
    check(|| {
        let (mut stream, _peer) = pair();
        stream.set_write_timeout(Some(ms(10))).unwrap();
        let late = timed(ms(10), || stream.write_all(&vec![b'A'; 64 << 20]).unwrap_err());
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
    });
}

/// One that waited for data and gave up is not disturbed when the data comes.
#[test]
fn timeout_and_final_write() {
    check(|| {
        let (listener, address) = listener();
        let gave_up = Event::new();
        let theirs = gave_up.clone();
        let sender = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            theirs.wait().unwrap();
            stream.write_all(b"hi").unwrap();
        });
        let mut client = connect(address).unwrap();
        assert!(with_timeout(ms(10), || client.read(&mut [0])).is_err());
        // The write ends neither that wait nor the next one.
        gave_up.send(());
        timed(ms(10), || sleep(ms(10)));
        sender.wait().unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hi");
    });
}

/// From a timeout to never waiting, and back.
#[test]
fn zero_timeout_and_back() {
    check(|| {
        let (listener, address) = listener();
        let server = spawn(move || listener.accept().unwrap());
        let client = connect(address).unwrap();
        let _accepted = server.wait().unwrap();
        let would_block = |client: &TcpStream, at_least| {
            let late = timed(at_least, || (&*client).read(&mut [0]).unwrap_err());
            assert_eq!(late.raw_os_error(), Some(libc::EAGAIN));
        };
        client.set_read_timeout(Some(ms(20))).unwrap();
        would_block(&client, ms(20));
        client.set_nonblocking(true).unwrap();
        // Nobody else runs meanwhile, so it has not waited.
        let witness = spawn(|| ());
        would_block(&client, Duration::ZERO);
        assert!(!witness.is_dead());
        client.set_nonblocking(false).unwrap();
        would_block(&client, ms(20));
        assert!(witness.is_dead());
    });
}
