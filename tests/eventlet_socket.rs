//! The behaviours of Eventlet's own tests of `socket`, by their names.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use eventlet::green::net::{SocketAddr, TcpStream, ToSocketAddrs};
use eventlet::{connect, spawn};
use eventlet_tests::net::{deaf_address, half_green_pair, listener};
use eventlet_tests::{check, ms};

#[test]
fn create_connection_error() {
    check(|| {
        let (address, _listener, _streams) = deaf_address();
        assert!(TcpStream::connect_timeout(&address, ms(10)).is_err());
    });
}

/// While a name is looked up, others run.
#[test]
fn dns_methods_are_green() {
    check(|| {
        let witness = spawn(|| ());
        let addresses: Vec<_> = "localhost:80".to_socket_addrs().unwrap().collect();
        assert!(witness.is_dead());
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
        witness.wait().unwrap();
    });
}

#[test]
fn getaddrinfo_ipv6_scope() {
    check(|| {
        for scope in ["::1%2", "fe80::1%2"] {
            let bracketed = format!("[{scope}]:80").to_socket_addrs().unwrap().next();
            let pair = (scope, 80).to_socket_addrs().unwrap().next();
            assert_eq!(bracketed, pair);
            let Some(SocketAddr::V6(address)) = pair else { panic!("{pair:?}") };
            assert_eq!((address.scope_id(), address.port()), (2, 80));
        }
    });
}

/// A read that times out fails with std's error for that.
#[test]
fn error_is_timeout() {
    check(|| {
        let (mut stream, theirs) = half_green_pair();
        for timeout in [Duration::from_micros(1), ms(10)] {
            stream.set_read_timeout(Some(timeout)).unwrap();
            theirs.set_read_timeout(Some(timeout)).unwrap();
            let late = stream.read(&mut [0]).unwrap_err();
            assert_eq!(late.kind(), (&theirs).read(&mut [0]).unwrap_err().kind());
            assert_eq!(late.kind(), ErrorKind::WouldBlock);
        }
    });
}

#[test]
fn connect_ex_success() {
    check(|| {
        let (_listener, address) = listener();
        assert_eq!(connect(address).unwrap().peer_addr().unwrap(), address);
    });
}
