//! Addresses of Unix sockets.

use std::io::ErrorKind;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn paths_that_are_too_long() {
    check(|| {
        let long = "x".repeat(200);
        let errors = [
            UnixListener::bind(&long).unwrap_err(),
            UnixStream::connect(&long).unwrap_err(),
            UnixDatagram::bind(&long).unwrap_err(),
            UnixDatagram::unbound().unwrap().connect(&long).unwrap_err(),
            UnixDatagram::unbound().unwrap().send_to(b"x", &long).unwrap_err(),
            SocketAddr::from_pathname(&long).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), "path must be shorter than SUN_LEN");
        }
    });
}

#[test]
fn paths_with_a_zero_byte() {
    check(|| {
        let errors = [
            UnixListener::bind("a\0b").unwrap_err(),
            UnixStream::connect("a\0b").unwrap_err(),
            UnixDatagram::bind("\0a").unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), "paths must not contain interior null bytes");
        }
    });
}

#[test]
fn addresses_of_paths() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let address = SocketAddr::from_pathname(&path).unwrap();
        assert!(!address.is_unnamed());
        assert_eq!(address.as_pathname(), Some(&*path));
        assert_eq!(format!("{address:?}"), format!("{path:?} (pathname)"));
        let listener = UnixListener::bind_addr(&address).unwrap();
        let client = UnixStream::connect_addr(&address).unwrap();
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
        listener.accept().unwrap();
        assert_eq!(UnixListener::bind_addr(&address).unwrap_err().kind(), ErrorKind::AddrInUse);
    });
}

#[test]
fn no_address() {
    check(|| {
        let (left, right) = UnixStream::pair().unwrap();
        for address in [left.local_addr(), left.peer_addr(), right.local_addr()] {
            let address = address.unwrap();
            assert!(address.is_unnamed());
            assert_eq!(address.as_pathname(), None);
            assert_eq!(format!("{address:?}"), "(unnamed)");
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn abstract_names() {
    use std::os::linux::net::SocketAddrExt;

    check(|| {
        let dir = Scratch::new();
        // The name of a file that does not exist is as good as any.
        let name = format!("{}\0more", dir.dir().display());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        assert_eq!(address.as_abstract_name(), Some(name.as_bytes()));
        assert_eq!(address.as_pathname(), None);
        assert!(!address.is_unnamed());
        let listener = UnixListener::bind_addr(&address).unwrap();
        let taken = UnixListener::bind_addr(&address).unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        let client = UnixStream::connect_addr(&address).unwrap();
        assert_eq!(client.peer_addr().unwrap().as_abstract_name(), Some(name.as_bytes()));
        listener.accept().unwrap();
        // The name goes with the socket.
        drop(listener);
        let refused = UnixStream::connect_addr(&address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        UnixListener::bind_addr(&address).unwrap();
    });
}

#[cfg(target_os = "linux")]
#[test]
fn abstract_names_of_datagrams() {
    use std::os::linux::net::SocketAddrExt;

    check(|| {
        let dir = Scratch::new();
        let address = SocketAddr::from_abstract_name(dir.dir().to_str().unwrap()).unwrap();
        let receiver = UnixDatagram::bind_addr(&address).unwrap();
        let sender = UnixDatagram::unbound().unwrap();
        sender.send_to_addr(b"one", &address).unwrap();
        sender.connect_addr(&address).unwrap();
        sender.send(b"three").unwrap();
        assert_eq!(receiver.recv(&mut [0; 9]).unwrap(), 3);
        assert_eq!(receiver.recv(&mut [0; 9]).unwrap(), 5);
        assert!(SocketAddr::from_abstract_name("x".repeat(200)).is_err());
    });
}
