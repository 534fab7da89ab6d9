//! How TCP connections end, in one direction or both.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;

use eventlet_tests::check;

use super::{listener, pair};

#[test]
fn reading_ends_when_the_peer_is_dropped() {
    check(|| {
        let (mut client, server) = pair();
        let reader = thread::spawn(move || {
            let first = client.read(&mut [0; 10]).unwrap();
            (first, client.read(&mut [0; 10]).unwrap())
        });
        drop(server);
        assert_eq!(reader.join().unwrap(), (0, 0));
    });
}

#[test]
fn what_was_sent_before_the_end_is_read() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(b"last words").unwrap();
        drop(server);
        let mut bytes = Vec::new();
        assert_eq!(client.read_to_end(&mut bytes).unwrap(), 10);
        assert_eq!(bytes, b"last words");
    });
}

/// Who has sent everything still gets the answer.
#[test]
fn half_closed_by_the_writer() {
    check(|| {
        let (mut client, mut server) = pair();
        client.write_all(b"all of it").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let echo = thread::spawn(move || {
            let mut bytes = Vec::new();
            server.read_to_end(&mut bytes).unwrap();
            server.write_all(&bytes).unwrap();
        });
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "all of it");
        echo.join().unwrap();
    });
}

#[test]
fn writing_after_shutting_down_is_a_broken_pipe() {
    check(|| {
        let (mut client, _server) = pair();
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(client.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(client.write_all(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn half_closed_by_the_reader() {
    check(|| {
        let (mut client, mut server) = pair();
        client.shutdown(Shutdown::Read).unwrap();
        assert_eq!(client.read(&mut [0; 10]).unwrap(), 0);
        client.write_all(b"still").unwrap();
        let mut text = [0; 5];
        server.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"still");
    });
}

#[test]
fn shutting_down_both_ways() {
    check(|| {
        let (mut client, mut server) = pair();
        client.shutdown(Shutdown::Both).unwrap();
        assert_eq!(client.read(&mut [0; 10]).unwrap(), 0);
        assert_eq!(client.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(server.read(&mut [0; 10]).unwrap(), 0);
    });
}

#[test]
fn shutting_down_wakes_a_reader() {
    check(|| {
        let (client, _server) = pair();
        let client = Arc::new(client);
        let reading = client.clone();
        let reader = thread::spawn(move || (&*reading).read(&mut [0; 10]).unwrap());
        client.shutdown(Shutdown::Read).unwrap();
        assert_eq!(reader.join().unwrap(), 0);
    });
}

#[test]
fn shutting_down_a_clone_wakes_a_reader() {
    check(|| {
        let (mut client, _server) = pair();
        let clone = client.try_clone().unwrap();
        let reader = thread::spawn(move || client.read(&mut [0; 10]).unwrap());
        clone.shutdown(Shutdown::Both).unwrap();
        assert_eq!(reader.join().unwrap(), 0);
    });
}

#[test]
fn shutting_down_wakes_a_writer() {
    check(|| {
        let (client, _server) = pair();
        let client = Arc::new(client);
        let writing = client.clone();
        let writer = thread::spawn(move || {
            loop {
                if let Err(error) = (&*writing).write(&[0; 65536]) {
                    return error.kind();
                }
            }
        });
        client.shutdown(Shutdown::Both).unwrap();
        assert_eq!(writer.join().unwrap(), ErrorKind::BrokenPipe);
    });
}

/// The first write to a peer that is gone may succeed; the system finds out by it.
#[test]
fn writing_to_a_peer_that_is_gone() {
    check(|| {
        let (mut client, server) = pair();
        drop(server);
        let error = loop {
            if let Err(error) = client.write(&[0; 1000]) {
                break error;
            }
        };
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{kind:?}");
    });
}

/// A peer that goes away without having read everything resets the connection.
#[test]
fn reading_after_a_reset() {
    check(|| {
        let (mut client, server) = pair();
        client.write_all(b"unread").unwrap();
        // It has arrived once it can be seen.
        server.peek(&mut [0; 6]).unwrap();
        drop(server);
        assert_eq!(client.read(&mut [0; 10]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn too_early_an_end_for_read_exact() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(b"abc").unwrap();
        drop(server);
        let error = client.read_exact(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(error.to_string(), "failed to fill whole buffer");
    });
}

#[test]
fn a_listener_that_is_dropped_refuses() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        assert!(refused.raw_os_error().is_some());
    });
}
