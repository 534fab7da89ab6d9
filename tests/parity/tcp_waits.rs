//! How long calls on TCP sockets wait: timeouts, and not at all.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;

use super::{listener, pair};

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn a_read_that_takes_too_long() {
    check(|| {
        let (mut client, mut server) = pair();
        client.set_read_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        let late = client.read(&mut [0; 10]).unwrap_err();
        assert!(start.elapsed() >= SHORT);
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert!(late.raw_os_error().is_some());
        // The stream is as good as before.
        server.write_all(b"x").unwrap();
        assert_eq!(client.read(&mut [0; 10]).unwrap(), 1);
    });
}

#[test]
fn a_peek_that_takes_too_long() {
    check(|| {
        let (client, _server) = pair();
        client.set_read_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        assert_eq!(client.peek(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= SHORT);
    });
}

#[test]
fn a_write_that_takes_too_long() {
    check(|| {
        let (mut client, _server) = pair();
        client.set_write_timeout(Some(SHORT)).unwrap();
        let (late, waited) = loop {
            let start = Instant::now();
            if let Err(error) = client.write(&[0; 65536]) {
                break (error, start.elapsed());
            }
        };
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert!(waited >= SHORT);
    });
}

#[test]
fn what_comes_in_time_is_read() {
    check(|| {
        let (mut client, mut server) = pair();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let writer = thread::spawn(move || server.write_all(b"x").unwrap());
        assert_eq!(client.read(&mut [0; 10]).unwrap(), 1);
        writer.join().unwrap();
    });
}

/// A write timeout is not one for reading.
#[test]
fn the_other_direction_waits_on() {
    check(|| {
        let (mut client, mut server) = pair();
        client.set_write_timeout(Some(Duration::from_millis(1))).unwrap();
        let writer = thread::spawn(move || {
            thread::sleep(SHORT);
            server.write_all(b"x").unwrap();
        });
        assert_eq!(client.read(&mut [0; 10]).unwrap(), 1);
        writer.join().unwrap();
    });
}

#[test]
fn a_timeout_that_is_taken_back() {
    check(|| {
        let (mut client, mut server) = pair();
        client.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        client.set_read_timeout(None).unwrap();
        assert_eq!(client.read_timeout().unwrap(), None);
        let writer = thread::spawn(move || {
            thread::sleep(SHORT);
            server.write_all(b"x").unwrap();
        });
        assert_eq!(client.read(&mut [0]).unwrap(), 1);
        writer.join().unwrap();
    });
}

#[test]
fn clones_share_timeouts() {
    check(|| {
        let (client, _server) = pair();
        let mut clone = client.try_clone().unwrap();
        client.set_read_timeout(Some(SHORT)).unwrap();
        client.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
        assert_eq!(clone.write_timeout().unwrap(), Some(Duration::from_secs(2)));
        assert_eq!(clone.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_nonblocking_stream() {
    check(|| {
        let (mut client, mut server) = pair();
        client.set_nonblocking(true).unwrap();
        assert_eq!(client.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(client.peek(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        server.write_all(b"x").unwrap();
        let n_read = loop {
            match client.read(&mut [0; 9]) {
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                Ok(n_read) => break n_read,
            }
            thread::yield_now();
        };
        assert_eq!(n_read, 1);
        client.set_nonblocking(false).unwrap();
        let writer = thread::spawn(move || server.write_all(b"y").unwrap());
        assert_eq!(client.read(&mut [0; 9]).unwrap(), 1);
        writer.join().unwrap();
    });
}

#[test]
fn a_nonblocking_writer() {
    check(|| {
        let (mut client, mut server) = pair();
        client.set_nonblocking(true).unwrap();
        let mut n_written = 0;
        let full = loop {
            match client.write(&[0; 65536]) {
                Ok(n) => n_written += n,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);
        drop(client);
        assert_eq!(server.read_to_end(&mut Vec::new()).unwrap(), n_written);
    });
}

#[test]
fn clones_share_the_mode() {
    check(|| {
        let (client, _server) = pair();
        let mut clone = client.try_clone().unwrap();
        client.set_nonblocking(true).unwrap();
        assert_eq!(clone.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        let mut late = clone.try_clone().unwrap();
        assert_eq!(late.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_nonblocking_listener() {
    check(|| {
        let listener = listener();
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let next = listener.incoming().next().unwrap();
        assert_eq!(next.unwrap_err().kind(), ErrorKind::WouldBlock);

        let address = listener.local_addr().unwrap();
        let client = thread::spawn(move || TcpStream::connect(address).unwrap());
        let mut stream = loop {
            match listener.accept() {
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                Ok((stream, _)) => break stream,
            }
            thread::sleep(Duration::from_millis(1));
        };
        // What it accepts waits, as far as Linux is concerned.
        stream.set_read_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= SHORT);
        client.join().unwrap();
    });
}

#[test]
fn connecting_in_time() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect_timeout(&address, Duration::from_secs(20)).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        server.write_all(b"x").unwrap();
        client.read_exact(&mut [0]).unwrap();
        drop(listener);
        let refused = TcpStream::connect_timeout(&address, Duration::from_secs(20)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}
