//! How long calls on UDP sockets wait: timeouts, and not at all.

use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;

use super::{pair, socket};

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn receiving_takes_too_long() {
    check(|| {
        let (left, right) = pair();
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
fn peeking_takes_too_long() {
    check(|| {
        let socket = socket();
        socket.set_read_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        assert_eq!(socket.peek(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(socket.peek_from(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= 2 * SHORT);
    });
}

#[test]
fn what_comes_in_time_is_received() {
    check(|| {
        let (left, right) = pair();
        right.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let receiver = thread::spawn(move || right.recv(&mut [0; 9]).unwrap());
        left.send(b"x").unwrap();
        assert_eq!(receiver.join().unwrap(), 1);
    });
}

#[test]
fn a_nonblocking_socket() {
    check(|| {
        let (left, right) = pair();
        right.set_nonblocking(true).unwrap();
        let none = [
            right.recv(&mut [0; 9]).unwrap_err(),
            right.peek(&mut [0; 9]).unwrap_err(),
            right.recv_from(&mut [0; 9]).unwrap_err(),
            right.peek_from(&mut [0; 9]).unwrap_err(),
        ];
        assert!(none.iter().all(|error| error.kind() == ErrorKind::WouldBlock));
        left.send(b"x").unwrap();
        assert_eq!(right.recv(&mut [0; 9]).unwrap(), 1);
        right.set_nonblocking(false).unwrap();
        let receiver = thread::spawn(move || right.recv(&mut [0; 9]).unwrap());
        left.send(b"xy").unwrap();
        assert_eq!(receiver.join().unwrap(), 2);
    });
}

#[test]
fn clones_share_mode_and_timeouts() {
    check(|| {
        let socket = socket();
        let clone = socket.try_clone().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        assert_eq!(clone.read_timeout().unwrap(), Some(Duration::from_secs(2)));
        socket.set_nonblocking(true).unwrap();
        assert_eq!(clone.recv(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_timeout_that_is_taken_back() {
    check(|| {
        let (left, right) = pair();
        right.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        assert!(right.recv(&mut [0]).is_err());
        right.set_read_timeout(None).unwrap();
        let sender = thread::spawn(move || {
            thread::sleep(SHORT);
            left.send(b"x").unwrap();
        });
        assert_eq!(right.recv(&mut [0]).unwrap(), 1);
        sender.join().unwrap();
    });
}

/// Nobody receives, and yet sending never waits for long.
#[test]
fn sending_does_not_wait_for_the_receiver() {
    check(|| {
        let (left, _right) = pair();
        for _ in 0..2000 {
            assert_eq!(left.send(&[0; 1000]).unwrap(), 1000);
        }
    });
}
