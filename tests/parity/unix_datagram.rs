//! Messages between Unix sockets.

use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::thread;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn a_pair_talks() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        assert_eq!(left.send(b"ping").unwrap(), 4);
        let mut message = [0; 9];
        assert_eq!(right.recv(&mut message).unwrap(), 4);
        assert_eq!(&message[..4], b"ping");
        right.send(b"pong!").unwrap();
        let (length, sender) = left.recv_from(&mut message).unwrap();
        assert_eq!(length, 5);
        assert!(sender.is_unnamed());
    });
}

#[test]
fn receiving_waits() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        let receiver = thread::spawn(move || right.recv(&mut [0; 9]).unwrap());
        thread::yield_now();
        left.send(b"late").unwrap();
        assert_eq!(receiver.join().unwrap(), 4);
    });
}

#[test]
fn messages_keep_their_boundaries() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        for text in ["one", "", "three"] {
            left.send(text.as_bytes()).unwrap();
        }
        let mut message = [0; 100];
        for text in ["one", "", "three"] {
            let length = right.recv(&mut message).unwrap();
            assert_eq!(&message[..length], text.as_bytes());
        }
    });
}

#[test]
fn what_does_not_fit_is_lost() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        left.send(b"0123456789").unwrap();
        left.send(b"next").unwrap();
        let mut message = [0; 4];
        assert_eq!(right.recv(&mut message).unwrap(), 4);
        assert_eq!(&message, b"0123");
        assert_eq!(right.recv_from(&mut message).unwrap().0, 4);
        assert_eq!(&message, b"next");
    });
}

#[test]
fn sending_to_a_path() {
    check(|| {
        let dir = Scratch::new();
        let (server, client) = (dir.path("server"), dir.path("client"));
        let receiver = UnixDatagram::bind(&server).unwrap();
        let sender = UnixDatagram::bind(&client).unwrap();
        assert_eq!(sender.send_to(b"hello", &server).unwrap(), 5);
        let (length, from) = receiver.recv_from(&mut [0; 9]).unwrap();
        assert_eq!((length, from.as_pathname()), (5, Some(&*client)));
        let (receiver_addr, sender_addr) =
            (receiver.local_addr().unwrap(), sender.local_addr().unwrap());
        assert_eq!(receiver.send_to_addr(b"back", &sender_addr).unwrap(), 4);
        let (length, from) = sender.recv_from(&mut [0; 9]).unwrap();
        assert_eq!((length, from.as_pathname()), (4, receiver_addr.as_pathname()));
    });
}

#[test]
fn connecting_to_a_path() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("server");
        let server = UnixDatagram::bind(&path).unwrap();
        let client = UnixDatagram::unbound().unwrap();
        assert!(client.local_addr().unwrap().is_unnamed());
        client.connect(&path).unwrap();
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
        client.send(b"x").unwrap();
        let (length, from) = server.recv_from(&mut [0; 9]).unwrap();
        assert_eq!(length, 1);
        assert!(from.is_unnamed());

        let other = UnixDatagram::unbound().unwrap();
        other.connect_addr(&server.local_addr().unwrap()).unwrap();
        other.send(b"xy").unwrap();
        assert_eq!(server.recv(&mut [0; 9]).unwrap(), 2);
    });
}

#[test]
fn a_connected_socket_hears_only_its_peer() {
    check(|| {
        let dir = Scratch::new();
        let (left_path, right_path) = (dir.path("left"), dir.path("right"));
        let left = UnixDatagram::bind(&left_path).unwrap();
        let right = UnixDatagram::bind(&right_path).unwrap();
        left.connect(&right_path).unwrap();
        let stranger = UnixDatagram::unbound().unwrap();
        let refused = stranger.send_to(b"x", &left_path).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
        right.send_to(b"yes", &left_path).unwrap();
        assert_eq!(left.recv(&mut [0; 9]).unwrap(), 3);
    });
}

/// More messages than the receiver's queue holds: whoever sends waits, and nothing is lost.
#[test]
fn a_slow_receiver_slows_the_sender() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("receiver");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let sender = thread::spawn(move || {
            let socket = UnixDatagram::unbound().unwrap();
            socket.connect(&path).unwrap();
            for n in 0..300_u32 {
                assert_eq!(socket.send(&n.to_ne_bytes()).unwrap(), 4);
            }
        });
        for n in 0..300_u32 {
            let mut message = [0; 4];
            assert_eq!(receiver.recv(&mut message).unwrap(), 4);
            assert_eq!(u32::from_ne_bytes(message), n);
            thread::yield_now();
        }
        sender.join().unwrap();
    });
}

#[test]
fn a_slow_receiver_that_one_is_not_connected_to() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("receiver");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let sender = thread::spawn(move || {
            let socket = UnixDatagram::unbound().unwrap();
            for n in 0..100_u32 {
                assert_eq!(socket.send_to(&n.to_ne_bytes(), &path).unwrap(), 4);
            }
        });
        for n in 0..100_u32 {
            let mut message = [0; 4];
            receiver.recv(&mut message).unwrap();
            assert_eq!(u32::from_ne_bytes(message), n);
        }
        sender.join().unwrap();
    });
}

/// Large messages fill the sender's own buffer.
#[test]
fn a_slow_peer_of_a_pair() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        let sender = thread::spawn(move || {
            for n in 0..100_u8 {
                assert_eq!(left.send(&[n; 20_000]).unwrap(), 20_000);
            }
        });
        let mut message = vec![0; 20_000];
        for n in 0..100 {
            assert_eq!(right.recv(&mut message).unwrap(), 20_000);
            assert!(message.iter().all(|byte| *byte == n));
        }
        sender.join().unwrap();
    });
}

#[test]
fn several_receive_at_once() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        let clone = right.try_clone().unwrap();
        let right = Arc::new(right);
        let theirs = right.clone();
        let receive = |socket: &UnixDatagram| {
            let mut received = Vec::new();
            let mut message = [0; 9];
            while socket.recv(&mut message).unwrap() > 0 {
                received.push(message[0]);
                thread::yield_now();
            }
            received
        };
        let receivers = [
            thread::spawn(move || receive(&clone)),
            thread::spawn(move || receive(&theirs)),
            thread::spawn(move || receive(&right)),
        ];
        for n in 0..100_u8 {
            left.send(&[n]).unwrap();
        }
        for _ in 0..3 {
            left.send(&[]).unwrap();
        }
        let mut received: Vec<u8> =
            receivers.into_iter().flat_map(|receiver| receiver.join().unwrap()).collect();
        received.sort_unstable();
        assert!(received.into_iter().eq(0..100));
    });
}
