//! How long Unix sockets wait for messages, and how that ends.

use std::io::ErrorKind;
use std::net::Shutdown;
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn a_peer_that_is_closed() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        drop(right);
        let refused = left.send(b"x").unwrap_err();
        assert!(
            matches!(refused.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset),
            "{refused}"
        );
        assert!(left.send(b"x").is_err());
    });
}

#[test]
fn a_path_where_nobody_is() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let sender = UnixDatagram::unbound().unwrap();
        assert_eq!(sender.send_to(b"x", &path).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(sender.connect(&path).unwrap_err().kind(), ErrorKind::NotFound);
        drop(UnixDatagram::bind(&path).unwrap());
        let refused = sender.send_to(b"x", &path).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(sender.connect(&path).unwrap_err().kind(), ErrorKind::ConnectionRefused);
        assert_eq!(UnixDatagram::bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
    });
}

#[test]
fn without_a_peer() {
    check(|| {
        let socket = UnixDatagram::unbound().unwrap();
        assert_eq!(socket.send(b"x").unwrap_err().kind(), ErrorKind::NotConnected);
        assert_eq!(socket.peer_addr().unwrap_err().kind(), ErrorKind::NotConnected);
    });
}

#[test]
fn too_long_a_message() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        assert!(left.send(&vec![0; 10_000_000]).unwrap_err().raw_os_error().is_some());
        left.send(b"short").unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 5);
    });
}

#[test]
fn receiving_takes_too_long() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        right.set_read_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        assert_eq!(right.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(right.recv_from(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= 2 * SHORT);
        left.send(b"x").unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 1);
    });
}

#[test]
fn sending_takes_too_long() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("receiver");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let sender = UnixDatagram::unbound().unwrap();
        sender.set_write_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        let late = loop {
            if let Err(error) = sender.send_to(b"x", &path) {
                break error;
            }
        };
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= SHORT);

        sender.connect(&path).unwrap();
        let start = Instant::now();
        assert_eq!(sender.send(b"x").unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= SHORT);

        receiver.set_nonblocking(true).unwrap();
        while receiver.recv(&mut [0; 9]).is_ok() {}
        sender.send(b"x").unwrap();
    });
}

#[test]
fn zero_is_no_timeout() {
    check(|| {
        let socket = UnixDatagram::unbound().unwrap();
        let zero = Some(Duration::ZERO);
        assert_eq!(socket.set_read_timeout(zero).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(socket.set_write_timeout(zero).unwrap_err().kind(), ErrorKind::InvalidInput);
        socket.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        socket.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
        let clone = socket.try_clone().unwrap();
        assert_eq!(clone.read_timeout().unwrap(), Some(Duration::from_secs(3)));
        assert_eq!(clone.write_timeout().unwrap(), Some(Duration::from_secs(5)));
    });
}

#[test]
fn a_nonblocking_socket() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        right.set_nonblocking(true).unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(right.recv_from(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        left.set_nonblocking(true).unwrap();
        let full = loop {
            if let Err(error) = left.send(&[0; 1000]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 9);
    });
}

#[test]
fn shutting_down_for_reading_ends_receiving() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        left.send(b"before").unwrap();
        right.shutdown(Shutdown::Read).unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 6);
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 0);
        let (length, sender) = right.recv_from(&mut [0; 9]).unwrap();
        assert_eq!(length, 0);
        assert!(sender.is_unnamed());
        assert_eq!(left.send(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn shutting_down_wakes_a_receiver() {
    check(|| {
        let (_left, right) = UnixDatagram::pair().unwrap();
        let right = Arc::new(right);
        let theirs = right.clone();
        let receiver = thread::spawn(move || theirs.recv(&mut [0; 9]).unwrap());
        thread::yield_now();
        right.shutdown(Shutdown::Read).unwrap();
        assert_eq!(receiver.join().unwrap(), 0);
    });
}

#[test]
fn shutting_down_for_writing_ends_sending() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        left.shutdown(Shutdown::Write).unwrap();
        assert_eq!(left.send(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        right.send(b"x").unwrap();
        assert_eq!(left.recv(&mut [0; 9]).unwrap(), 1);
    });
}

#[test]
fn shutting_down_without_a_peer() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("receiver");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let socket = UnixDatagram::unbound().unwrap();
        socket.shutdown(Shutdown::Both).unwrap();
        assert_eq!(socket.recv(&mut [0; 9]).unwrap(), 0);
        assert_eq!(socket.send_to(b"x", &path).unwrap_err().kind(), ErrorKind::BrokenPipe);
        receiver.set_nonblocking(true).unwrap();
        assert!(receiver.recv(&mut [0; 9]).is_err());
    });
}

#[test]
fn shutting_down_wakes_a_sender() {
    check(|| {
        let (left, _right) = UnixDatagram::pair().unwrap();
        let left = Arc::new(left);
        let sending = left.clone();
        let sender = thread::spawn(move || {
            loop {
                if let Err(error) = sending.send(&[0; 10_000]) {
                    return error.kind();
                }
            }
        });
        thread::yield_now();
        left.shutdown(Shutdown::Write).unwrap();
        assert_eq!(sender.join().unwrap(), ErrorKind::BrokenPipe);
    });
}
