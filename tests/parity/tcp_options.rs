//! What can be set on TCP sockets, and the traits that they have.

use std::fmt::Debug;
use std::io::{ErrorKind, Read, Write};
use std::net::{Incoming, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use eventlet_tests::check;

use super::{listener, pair};

#[test]
fn no_delay() {
    check(|| {
        let (stream, _peer) = pair();
        assert!(!stream.nodelay().unwrap());
        stream.set_nodelay(true).unwrap();
        assert!(stream.nodelay().unwrap());
        assert!(stream.try_clone().unwrap().nodelay().unwrap());
        stream.set_nodelay(false).unwrap();
        assert!(!stream.nodelay().unwrap());
    });
}

#[test]
fn time_to_live() {
    check(|| {
        let (stream, _peer) = pair();
        stream.set_ttl(100).unwrap();
        assert_eq!(stream.ttl().unwrap(), 100);
        let listener = listener();
        listener.set_ttl(101).unwrap();
        assert_eq!(listener.ttl().unwrap(), 101);
        assert_eq!(listener.set_ttl(1000).unwrap_err().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn timeouts_are_kept() {
    check(|| {
        let (stream, _peer) = pair();
        assert_eq!(stream.read_timeout().unwrap(), None);
        assert_eq!(stream.write_timeout().unwrap(), None);
        stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(stream.read_timeout().unwrap(), Some(Duration::from_secs(3)));
        assert_eq!(stream.write_timeout().unwrap(), Some(Duration::from_secs(5)));
        stream.set_write_timeout(None).unwrap();
        assert_eq!(stream.write_timeout().unwrap(), None);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn quick_acknowledgements() {
    use std::os::linux::net::TcpStreamExt;

    check(|| {
        let (stream, _peer) = pair();
        stream.set_quickack(true).unwrap();
        assert!(stream.quickack().unwrap());
        TcpStreamExt::set_quickack(&stream, false).unwrap();
        assert!(!stream.quickack().unwrap());
    });
}

#[test]
#[allow(deprecated)]
fn ipv6_only_comes_too_late() {
    check(|| {
        let listener = listener();
        assert!(listener.set_only_v6(true).is_err());
        assert!(listener.only_v6().is_err());
    });
}

#[test]
fn what_they_look_like() {
    check(|| {
        let (stream, _peer) = pair();
        let (here, there) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
        let fd = stream.as_raw_fd();
        let text = format!("TcpStream {{ addr: {here}, peer: {there}, fd: {fd} }}");
        assert_eq!(format!("{stream:?}"), text);

        let listener = listener();
        let (here, fd) = (listener.local_addr().unwrap(), listener.as_raw_fd());
        assert_eq!(format!("{listener:?}"), format!("TcpListener {{ addr: {here}, fd: {fd} }}"));
        let incoming = format!("Incoming {{ listener: {listener:?} }}");
        assert_eq!(format!("{:?}", listener.incoming()), incoming);
    });
}

#[test]
fn a_stream_becomes_a_descriptor_and_back() {
    check(|| {
        let (stream, mut peer) = pair();
        stream.set_read_timeout(Some(Duration::from_secs(7))).unwrap();
        let number = stream.as_raw_fd();
        assert_eq!(stream.as_fd().as_raw_fd(), number);
        let fd = OwnedFd::from(stream);
        assert_eq!(fd.as_raw_fd(), number);
        let mut stream = TcpStream::from(fd);
        assert_eq!(stream.read_timeout().unwrap(), Some(Duration::from_secs(7)));
        peer.write_all(b"x").unwrap();
        stream.read_exact(&mut [0]).unwrap();
        drop(stream);
        assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    });
}

#[test]
fn a_listener_becomes_a_descriptor_and_back() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let listener = TcpListener::from(OwnedFd::from(listener));
        let _client = TcpStream::connect(address).unwrap();
        listener.accept().unwrap();
    });
}

#[test]
fn the_mode_goes_with_the_descriptor() {
    check(|| {
        let listener = listener();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from(OwnedFd::from(listener));
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let (stream, _peer) = pair();
        stream.set_nonblocking(true).unwrap();
        let mut stream = TcpStream::from(OwnedFd::from(stream));
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

/// A duplicate of the bare descriptor keeps the connection open.
#[test]
fn a_borrowed_descriptor_is_cloned() {
    check(|| {
        let (stream, mut peer) = pair();
        let clone = stream.as_fd().try_clone_to_owned().unwrap();
        drop(stream);
        peer.write_all(b"x").unwrap();
        peer.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        assert_eq!(peer.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(clone);
        peer.set_read_timeout(None).unwrap();
        assert!(peer.read(&mut [0]).is_err(), "it is reset: something was not read");
    });
}

#[test]
fn giving_a_descriptor_away_does_not_close_it() {
    check(|| {
        let (stream, mut peer) = pair();
        let number = stream.into_raw_fd();
        peer.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        assert_eq!(peer.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(number >= 0);
    });
}

#[test]
fn traits_of_the_types() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Debug>() {}

    all::<TcpStream>();
    all::<TcpListener>();
    all::<Incoming<'static>>();
}
