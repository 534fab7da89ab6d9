//! The traits that Unix sockets have.

use std::fmt::Debug;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::{Incoming, UnixDatagram, UnixListener, UnixStream};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

/// How std shows a descriptor is its own affair.
fn looks(socket: &impl Debug, name: &str, rest: &str) {
    let text = format!("{socket:?}");
    assert!(text.starts_with(&format!("{name} {{ fd: ")), "{text}");
    assert!(text.ends_with(&format!(", {rest} }}")), "{text}");
}

#[test]
fn what_they_look_like() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        looks(&listener, "UnixListener", &format!("local: {path:?} (pathname)"));
        let incoming = format!("Incoming {{ listener: {listener:?} }}");
        assert_eq!(format!("{:?}", listener.incoming()), incoming);

        let stream = UnixStream::connect(&path).unwrap();
        let addresses = format!("local: (unnamed), peer: {path:?} (pathname)");
        looks(&stream, "UnixStream", &addresses);
        looks(&UnixDatagram::unbound().unwrap(), "UnixDatagram", "local: (unnamed)");
    });
}

#[test]
fn a_stream_becomes_a_descriptor_and_back() {
    check(|| {
        let (left, mut right) = UnixStream::pair().unwrap();
        left.set_read_timeout(Some(Duration::from_secs(7))).unwrap();
        let number = left.as_fd().as_raw_fd();
        let fd = OwnedFd::from(left);
        assert_eq!(fd.as_raw_fd(), number);
        let mut left = UnixStream::from(fd);
        assert_eq!(left.read_timeout().unwrap(), Some(Duration::from_secs(7)));
        right.write_all(b"x").unwrap();
        left.read_exact(&mut [0]).unwrap();
        left.set_nonblocking(true).unwrap();
        let mut left = UnixStream::from(OwnedFd::from(left));
        assert_eq!(left.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_listener_becomes_a_descriptor_and_back() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::from(OwnedFd::from(UnixListener::bind(&path).unwrap()));
        let _client = UnixStream::connect(&path).unwrap();
        listener.accept().unwrap();
    });
}

#[test]
fn a_datagram_socket_becomes_a_descriptor_and_back() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        let left = UnixDatagram::from(OwnedFd::from(left));
        left.send(b"x").unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 1);
        assert!(left.take_error().unwrap().is_none());
    });
}

#[test]
fn a_borrowed_descriptor_is_cloned() {
    check(|| {
        let (left, right) = UnixStream::pair().unwrap();
        let clone = UnixStream::from(left.as_fd().try_clone_to_owned().unwrap());
        drop(left);
        (&clone).write_all(b"x").unwrap();
        (&right).read_exact(&mut [0]).unwrap();
    });
}

#[test]
fn traits_of_the_types() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Debug>() {}

    all::<UnixStream>();
    all::<UnixListener>();
    all::<UnixDatagram>();
    all::<Incoming<'static>>();
}
