//! Which errors UDP sockets give.

use std::io::{Error, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use eventlet_tests::check;

use super::{address, pair, socket};

fn is(error: Error, kind: ErrorKind, text: &str) {
    assert_eq!(error.kind(), kind);
    assert_eq!(error.to_string(), text);
}

/// A socket whose peer's port nobody listens at: who has it is connected to another one, and so
/// does not hear others, but nobody else gets the port.
fn without_listener() -> (UdpSocket, UdpSocket) {
    let (client, occupant) = (socket(), socket());
    occupant.connect(address(&occupant)).unwrap();
    client.connect(address(&occupant)).unwrap();
    (client, occupant)
}

/// The answer of the peer's system comes with a later call.
#[test]
fn receiving_from_where_nobody_listens() {
    check(|| {
        let (client, _occupant) = without_listener();
        client.send(b"anyone?").unwrap();
        let refused = client.recv(&mut [0; 10]).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn sending_to_where_nobody_listens() {
    check(|| {
        let (client, _occupant) = without_listener();
        client.send(b"anyone?").unwrap();
        assert_eq!(client.send(b"hello?").unwrap_err().kind(), ErrorKind::ConnectionRefused);
        // It is told once.
        client.send(b"again").unwrap();
    });
}

#[test]
fn a_refusal_can_be_taken() {
    check(|| {
        let (client, _occupant) = without_listener();
        client.send(b"anyone?").unwrap();
        let refused = client.take_error().unwrap().unwrap();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        assert!(client.take_error().unwrap().is_none());
    });
}

#[test]
fn the_address_is_taken() {
    check(|| {
        let holder = socket();
        assert_eq!(UdpSocket::bind(address(&holder)).unwrap_err().kind(), ErrorKind::AddrInUse);
        let free = address(&holder);
        drop(holder);
        assert_eq!(address(&UdpSocket::bind(free).unwrap()), free);
    });
}

#[test]
fn the_address_is_not_ours() {
    check(|| {
        let error = UdpSocket::bind("192.0.2.1:0").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    });
}

#[test]
fn without_a_peer() {
    check(|| {
        let socket = socket();
        assert_eq!(socket.peer_addr().unwrap_err().kind(), ErrorKind::NotConnected);
        let error = socket.send(b"x").unwrap_err();
        assert!(error.raw_os_error().is_some());
    });
}

#[test]
fn there_is_no_address() {
    check(|| {
        let none: &[SocketAddr] = &[];
        let (kind, text) = (ErrorKind::InvalidInput, "could not resolve to any addresses");
        is(UdpSocket::bind(none).unwrap_err(), kind, text);
        is(socket().connect(none).unwrap_err(), kind, text);
        is(socket().send_to(b"x", none).unwrap_err(), kind, "no addresses to send data to");
    });
}

#[test]
fn only_the_first_address_is_sent_to() {
    check(|| {
        let (sender, first, second) = (socket(), socket(), socket());
        sender.send_to(b"x", &[address(&first), address(&second)][..]).unwrap();
        assert_eq!(first.recv(&mut [0; 9]).unwrap(), 1);
        second.set_nonblocking(true).unwrap();
        assert_eq!(second.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn the_first_address_that_can_be_had_is_taken() {
    check(|| {
        let holder = socket();
        let nowhere: SocketAddr = "192.0.2.1:0".parse().unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let bound = UdpSocket::bind(&[nowhere, address(&holder), any][..]).unwrap();
        assert!(address(&bound).ip().is_loopback());
        let last = UdpSocket::bind(&[nowhere, address(&holder)][..]).unwrap_err();
        assert_eq!(last.kind(), ErrorKind::AddrInUse);
    });
}

#[test]
fn addresses_that_make_no_sense() {
    check(|| {
        let (kind, text) = (ErrorKind::InvalidInput, "invalid socket address");
        is(UdpSocket::bind("here").unwrap_err(), kind, text);
        is(socket().connect("there").unwrap_err(), kind, text);
        is(socket().send_to(b"x", "nowhere").unwrap_err(), kind, text);
    });
}

/// The system counts the length itself before anything is sent.
#[test]
fn too_long_a_message() {
    check(|| {
        let (left, right) = pair();
        let error = left.send(&vec![0; 65_508]).unwrap_err();
        assert!(error.raw_os_error().is_some());
        assert!(left.send_to(&vec![0; 70_000], address(&right)).is_err());
        left.send(b"short").unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 5);
    });
}

#[test]
fn zero_is_no_timeout() {
    check(|| {
        let socket = socket();
        let text = "cannot set a 0 duration timeout";
        let zero = Some(Duration::ZERO);
        is(socket.set_read_timeout(zero).unwrap_err(), ErrorKind::InvalidInput, text);
        is(socket.set_write_timeout(zero).unwrap_err(), ErrorKind::InvalidInput, text);
    });
}

#[test]
fn the_other_family() {
    check(|| {
        let six: SocketAddr = "[::1]:9".parse().unwrap();
        assert!(socket().connect(six).is_err());
        assert!(socket().send_to(b"x", six).is_err());
    });
}
