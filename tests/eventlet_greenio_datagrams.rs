//! The behaviours of Eventlet's own tests of `greenio`, by their names: datagrams.

use std::io::ErrorKind;

use eventlet::green::net::UdpSocket;
use eventlet_tests::{check, ms, timed};

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").unwrap()
}

#[test]
fn recvfrom_timeout() {
    check(|| {
        let socket = socket();
        socket.set_read_timeout(Some(ms(10))).unwrap();
        let late = timed(ms(10), || socket.recv_from(&mut [0; 8192]).unwrap_err());
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
    });
}

/// The buffer stays as it was.
#[test]
fn recvfrom_into_timeout() {
    check(|| {
        let socket = socket();
        socket.set_read_timeout(Some(ms(10))).unwrap();
        let mut buffer = *b"......";
        let late = timed(ms(10), || socket.recv_from(&mut buffer).unwrap_err());
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert_eq!(&buffer, b"......");
    });
}

#[test]
fn datagram_socket_operations_work() {
    check(|| {
        let (receiver, sender) = (socket(), socket());
        let address = receiver.local_addr().unwrap();
        sender.send_to(b"foobar", address).unwrap();
        let mut message = [0; 10];
        assert_eq!(receiver.recv_from(&mut message).unwrap(), (6, sender.local_addr().unwrap()));
        assert_eq!(&message[..6], b"foobar");
        sender.connect(address).unwrap();
        sender.send(b"baz").unwrap();
        assert_eq!(receiver.recv(&mut message).unwrap(), 3);
        assert_eq!(&message[..3], b"baz");
    });
}
