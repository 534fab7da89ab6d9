//! What can be set on UDP sockets, and the traits that they have.

use std::fmt::Debug;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use eventlet_tests::check;

use super::{address, pair, socket};

#[test]
fn broadcast() {
    check(|| {
        let socket = socket();
        assert!(!socket.broadcast().unwrap());
        let forbidden = socket.send_to(b"x", "255.255.255.255:9").unwrap_err();
        assert_eq!(forbidden.kind(), ErrorKind::PermissionDenied);
        socket.set_broadcast(true).unwrap();
        assert!(socket.broadcast().unwrap());
    });
}

#[test]
fn time_to_live() {
    check(|| {
        let socket = socket();
        socket.set_ttl(100).unwrap();
        assert_eq!(socket.ttl().unwrap(), 100);
        assert_eq!(socket.multicast_ttl_v4().unwrap(), 1);
        socket.set_multicast_ttl_v4(3).unwrap();
        assert_eq!(socket.multicast_ttl_v4().unwrap(), 3);
        assert_eq!(socket.ttl().unwrap(), 100);
    });
}

#[test]
fn multicast_loops() {
    check(|| {
        let socket = socket();
        assert!(socket.multicast_loop_v4().unwrap());
        socket.set_multicast_loop_v4(false).unwrap();
        assert!(!socket.multicast_loop_v4().unwrap());
        let Ok(socket) = UdpSocket::bind("[::1]:0") else { return };
        assert!(socket.multicast_loop_v6().unwrap());
        socket.set_multicast_loop_v6(false).unwrap();
        assert!(!socket.multicast_loop_v6().unwrap());
    });
}

#[test]
fn groups_are_joined_and_left() {
    check(|| {
        let socket = socket();
        let group = Ipv4Addr::new(239, 255, 77, 77);
        let here = Ipv4Addr::LOCALHOST;
        socket.join_multicast_v4(&group, &here).unwrap();
        let twice = socket.join_multicast_v4(&group, &here).unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::AddrInUse);
        socket.leave_multicast_v4(&group, &here).unwrap();
        let left = socket.leave_multicast_v4(&group, &here).unwrap_err();
        assert_eq!(left.kind(), ErrorKind::AddrNotAvailable);
        // That is no address of a group.
        assert_eq!(
            socket.join_multicast_v4(&here, &here).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
    });
}

#[test]
fn groups_of_ipv6() {
    check(|| {
        let Ok(socket) = UdpSocket::bind("[::1]:0") else { return };
        let group: Ipv6Addr = "ff12::77".parse().unwrap();
        assert!(socket.leave_multicast_v6(&group, 0).is_err());
        assert!(socket.join_multicast_v6(&Ipv6Addr::LOCALHOST, 0).is_err());
    });
}

#[test]
fn timeouts_are_kept() {
    check(|| {
        let socket = socket();
        assert_eq!(socket.read_timeout().unwrap(), None);
        assert_eq!(socket.write_timeout().unwrap(), None);
        socket.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        socket.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(socket.read_timeout().unwrap(), Some(Duration::from_secs(3)));
        assert_eq!(socket.write_timeout().unwrap(), Some(Duration::from_secs(5)));
    });
}

#[test]
fn what_it_looks_like() {
    check(|| {
        let socket = socket();
        let (here, fd) = (address(&socket), socket.as_raw_fd());
        assert_eq!(format!("{socket:?}"), format!("UdpSocket {{ addr: {here}, fd: {fd} }}"));
    });
}

#[test]
fn a_socket_becomes_a_descriptor_and_back() {
    check(|| {
        let (left, right) = pair();
        right.set_read_timeout(Some(Duration::from_secs(7))).unwrap();
        let number = right.as_fd().as_raw_fd();
        let fd = OwnedFd::from(right);
        assert_eq!(fd.as_raw_fd(), number);
        let right = UdpSocket::from(fd);
        assert_eq!(right.read_timeout().unwrap(), Some(Duration::from_secs(7)));
        left.send(b"x").unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 1);
        right.set_nonblocking(true).unwrap();
        let right = UdpSocket::from(OwnedFd::from(right));
        assert_eq!(right.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn no_error_is_pending() {
    check(|| assert!(socket().take_error().unwrap().is_none()));
}

#[test]
fn traits_of_the_type() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Debug>() {}

    all::<UdpSocket>();
}
