//! What std documents about `std::net::UdpSocket`: messages between sockets.

mod udp_errors;
mod udp_options;
mod udp_waits;

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread;

use eventlet_tests::check;

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").unwrap()
}

fn address(socket: &UdpSocket) -> SocketAddr {
    socket.local_addr().unwrap()
}

/// Two sockets that are each other's peer.
fn pair() -> (UdpSocket, UdpSocket) {
    let (left, right) = (socket(), socket());
    left.connect(address(&right)).unwrap();
    right.connect(address(&left)).unwrap();
    (left, right)
}

#[test]
fn a_message_and_its_sender() {
    check(|| {
        let (sender, receiver) = (socket(), socket());
        assert_eq!(sender.send_to(b"hello", address(&receiver)).unwrap(), 5);
        let mut message = [0; 10];
        assert_eq!(receiver.recv_from(&mut message).unwrap(), (5, address(&sender)));
        assert_eq!(&message[..5], b"hello");
    });
}

#[test]
fn receiving_waits() {
    check(|| {
        let receiver = socket();
        let to = address(&receiver);
        let sender = thread::spawn(move || socket().send_to(b"late", to).unwrap());
        assert_eq!(receiver.recv(&mut [0; 10]).unwrap(), 4);
        assert_eq!(sender.join().unwrap(), 4);
    });
}

#[test]
fn messages_keep_their_boundaries() {
    check(|| {
        let (left, right) = pair();
        for text in ["one", "", "three", "four"] {
            assert_eq!(left.send(text.as_bytes()).unwrap(), text.len());
        }
        let mut message = [0; 100];
        for text in ["one", "", "three", "four"] {
            let length = right.recv(&mut message).unwrap();
            assert_eq!(&message[..length], text.as_bytes());
        }
    });
}

#[test]
fn what_does_not_fit_is_lost() {
    check(|| {
        let (left, right) = pair();
        left.send(b"0123456789").unwrap();
        left.send(b"next").unwrap();
        let mut message = [0; 4];
        assert_eq!(right.recv(&mut message).unwrap(), 4);
        assert_eq!(&message, b"0123");
        assert_eq!(right.recv_from(&mut message).unwrap(), (4, address(&left)));
        assert_eq!(&message, b"next");
    });
}

#[test]
fn no_room_at_all() {
    check(|| {
        let (left, right) = pair();
        left.send(b"lost").unwrap();
        left.send(b"kept").unwrap();
        assert_eq!(right.recv(&mut []).unwrap(), 0);
        assert_eq!(right.recv(&mut [0; 10]).unwrap(), 4);
    });
}

#[test]
fn peeking_leaves_the_message() {
    check(|| {
        let (left, right) = pair();
        left.send(b"hello").unwrap();
        let mut message = [0; 10];
        for _ in 0..2 {
            assert_eq!(right.peek(&mut message).unwrap(), 5);
            assert_eq!(right.peek_from(&mut message).unwrap(), (5, address(&left)));
        }
        // Peeking into too small a buffer loses nothing.
        assert_eq!(right.peek(&mut [0; 2]).unwrap(), 2);
        assert_eq!(right.recv(&mut message).unwrap(), 5);
        assert_eq!(&message[..5], b"hello");
    });
}

#[test]
fn peeking_waits() {
    check(|| {
        let (left, right) = pair();
        let peeker = thread::spawn(move || right.peek(&mut [0; 10]).unwrap());
        left.send(b"abc").unwrap();
        assert_eq!(peeker.join().unwrap(), 3);
    });
}

#[test]
fn the_largest_message() {
    check(|| {
        let (left, right) = pair();
        let sent = vec![7; 65_507];
        assert_eq!(left.send(&sent).unwrap(), sent.len());
        let mut received = vec![0; 70_000];
        assert_eq!(right.recv(&mut received).unwrap(), sent.len());
        assert!(received[..sent.len()] == sent);
    });
}

#[test]
fn a_connected_socket_hears_only_its_peer() {
    check(|| {
        let (left, right) = pair();
        let stranger = socket();
        stranger.send_to(b"stranger", address(&right)).unwrap();
        left.send(b"peer").unwrap();
        let mut message = [0; 10];
        assert_eq!(right.recv_from(&mut message).unwrap(), (4, address(&left)));
        right.set_nonblocking(true).unwrap();
        assert!(right.recv(&mut message).is_err());
    });
}

#[test]
fn connecting_again_chooses_another_peer() {
    check(|| {
        let (left, right) = pair();
        let other = socket();
        left.connect(address(&other)).unwrap();
        assert_eq!(left.peer_addr().unwrap(), address(&other));
        left.send(b"other").unwrap();
        assert_eq!(other.recv(&mut [0; 10]).unwrap(), 5);
        right.set_nonblocking(true).unwrap();
        assert!(right.recv(&mut [0; 10]).is_err());
    });
}

#[test]
fn an_unconnected_socket_hears_everyone() {
    check(|| {
        let receiver = socket();
        let senders = [socket(), socket(), socket()];
        for sender in &senders {
            sender.send_to(b"x", address(&receiver)).unwrap();
        }
        for sender in &senders {
            assert_eq!(receiver.recv_from(&mut [0; 10]).unwrap().1, address(sender));
        }
    });
}

#[test]
fn a_message_to_oneself() {
    check(|| {
        let socket = socket();
        socket.send_to(b"self", address(&socket)).unwrap();
        assert_eq!(socket.recv_from(&mut [0; 10]).unwrap(), (4, address(&socket)));
    });
}

#[test]
fn clones_share_the_socket() {
    check(|| {
        let (left, right) = pair();
        let clone = right.try_clone().unwrap();
        assert_eq!(address(&clone), address(&right));
        assert_eq!(clone.peer_addr().unwrap(), address(&left));
        left.send(b"1").unwrap();
        left.send(b"2").unwrap();
        let (mut one, mut two) = ([0], [0]);
        clone.recv(&mut one).unwrap();
        drop(clone);
        right.recv(&mut two).unwrap();
        assert_eq!((&one, &two), (b"1", b"2"));
    });
}

/// Receives until an empty message comes, and returns how many others came.
fn receive(socket: &UdpSocket) -> Vec<u8> {
    let mut received = Vec::new();
    let mut message = [0; 10];
    while socket.recv(&mut message).unwrap() > 0 {
        received.push(message[0]);
        thread::yield_now();
    }
    received
}

/// Each message goes to one of them, and none is lost.
#[test]
fn clones_receive_at_once() {
    check(|| {
        let (left, right) = pair();
        let receivers = [right.try_clone().unwrap(), right.try_clone().unwrap(), right]
            .map(|socket| thread::spawn(move || receive(&socket)));
        let sent: Vec<u8> = (0..100).collect();
        for byte in &sent {
            left.send(&[*byte]).unwrap();
            thread::yield_now();
        }
        for _ in &receivers {
            left.send(&[]).unwrap();
        }
        let mut received: Vec<u8> =
            receivers.into_iter().flat_map(|receiver| receiver.join().unwrap()).collect();
        received.sort_unstable();
        assert_eq!(received, sent);
    });
}

#[test]
fn one_handle_receives_in_several_threads() {
    check(|| {
        let (left, right) = pair();
        let right = Arc::new(right);
        let receivers: Vec<_> = (0..3)
            .map(|_| {
                let right = right.clone();
                thread::spawn(move || receive(&right).len())
            })
            .collect();
        for _ in 0..50 {
            left.send(b"x").unwrap();
            thread::yield_now();
        }
        for _ in &receivers {
            left.send(&[]).unwrap();
        }
        let n_received: usize = receivers.into_iter().map(|one| one.join().unwrap()).sum();
        assert_eq!(n_received, 50);
    });
}

#[test]
fn question_and_answer() {
    check(|| {
        let server = socket();
        let to = address(&server);
        let echo = thread::spawn(move || {
            let mut message = [0; 100];
            for _ in 0..20 {
                let (length, sender) = server.recv_from(&mut message).unwrap();
                server.send_to(&message[..length], sender).unwrap();
            }
        });
        let clients: Vec<_> = (0..20_u8)
            .map(|n| {
                thread::spawn(move || {
                    let client = socket();
                    client.connect(to).unwrap();
                    client.send(&[n]).unwrap();
                    let mut answer = [0; 9];
                    assert_eq!(client.recv(&mut answer).unwrap(), 1);
                    assert_eq!(answer[0], n);
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().unwrap());
        echo.join().unwrap();
    });
}

/// Where there is IPv6 at all.
#[test]
fn over_ipv6() {
    check(|| {
        let Ok(receiver) = UdpSocket::bind("[::1]:0") else { return };
        let sender = UdpSocket::bind("[::1]:0").unwrap();
        sender.send_to(b"six", address(&receiver)).unwrap();
        assert_eq!(receiver.recv_from(&mut [0; 9]).unwrap(), (3, address(&sender)));
    });
}
