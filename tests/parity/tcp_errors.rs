//! Which errors TCP sockets and their addresses give.

use std::io::{Error, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use eventlet_tests::check;

use super::{listener, pair};

/// An address where nobody listens.
fn deaf() -> SocketAddr {
    listener().local_addr().unwrap()
}

fn is(error: Error, kind: ErrorKind, text: &str) {
    assert_eq!(error.kind(), kind);
    assert_eq!(error.to_string(), text);
}

#[test]
fn nobody_listens() {
    check(|| {
        let refused = TcpStream::connect(deaf()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        let code = refused.raw_os_error().unwrap();
        assert_eq!(refused.to_string(), Error::from_raw_os_error(code).to_string());
    });
}

#[test]
fn the_address_is_taken() {
    check(|| {
        let listener = listener();
        let taken = TcpListener::bind(listener.local_addr().unwrap()).unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    });
}

#[test]
fn the_address_is_not_ours() {
    check(|| {
        // From a block of addresses that belong to nobody.
        let error = TcpListener::bind("192.0.2.1:0").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    });
}

#[test]
fn there_is_no_address() {
    check(|| {
        let none: &[SocketAddr] = &[];
        let text = "could not resolve to any addresses";
        is(TcpStream::connect(none).unwrap_err(), ErrorKind::InvalidInput, text);
        is(TcpListener::bind(none).unwrap_err(), ErrorKind::InvalidInput, text);
    });
}

#[test]
fn the_address_makes_no_sense() {
    check(|| {
        let (kind, address, port) =
            (ErrorKind::InvalidInput, "invalid socket address", "invalid port value");
        is(TcpStream::connect("127.0.0.1").unwrap_err(), kind, address);
        is(TcpStream::connect("").unwrap_err(), kind, address);
        is(TcpStream::connect("127.0.0.1:http").unwrap_err(), kind, port);
        is(TcpListener::bind("127.0.0.1:65536").unwrap_err(), kind, port);
        is(TcpListener::bind("127.0.0.1:").unwrap_err(), kind, port);
    });
}

#[test]
fn the_first_address_that_answers_is_taken() {
    check(|| {
        let listener = listener();
        let good = listener.local_addr().unwrap();
        let stream = TcpStream::connect(&[deaf(), good, deaf()][..]).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
        // Of two that are free, it is the first.
        let free = deaf();
        let bound = TcpListener::bind(&[good, free][..]).unwrap();
        assert_eq!(bound.local_addr().unwrap(), free);
    });
}

#[test]
fn the_last_error_counts() {
    check(|| {
        let listener = listener();
        let taken = listener.local_addr().unwrap();
        let nowhere: SocketAddr = "192.0.2.1:0".parse().unwrap();
        let error = TcpListener::bind(&[nowhere, taken][..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        let error = TcpListener::bind(&[taken, nowhere][..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    });
}

#[test]
fn zero_is_no_timeout() {
    check(|| {
        let (stream, _peer) = pair();
        let text = "cannot set a 0 duration timeout";
        let zero = Some(Duration::ZERO);
        is(stream.set_read_timeout(zero).unwrap_err(), ErrorKind::InvalidInput, text);
        is(stream.set_write_timeout(zero).unwrap_err(), ErrorKind::InvalidInput, text);
        let error = TcpStream::connect_timeout(&deaf(), Duration::ZERO).unwrap_err();
        is(error, ErrorKind::InvalidInput, text);
        assert_eq!(stream.read_timeout().unwrap(), None);
    });
}

#[test]
fn an_ended_connection_has_no_peer() {
    check(|| {
        let (client, server) = pair();
        client.shutdown(Shutdown::Both).unwrap();
        server.shutdown(Shutdown::Both).unwrap();
        assert_eq!(client.peer_addr().unwrap_err().kind(), ErrorKind::NotConnected);
        assert_eq!(client.shutdown(Shutdown::Both).unwrap_err().kind(), ErrorKind::NotConnected);
        // Where it was stays known.
        assert!(client.local_addr().is_ok());
    });
}

#[test]
fn no_error_is_pending() {
    check(|| {
        let listener = listener();
        let (stream, _peer) = pair();
        assert!(stream.take_error().unwrap().is_none());
        assert!(listener.take_error().unwrap().is_none());
    });
}
