//! What std documents about `std::net::TcpStream` and `TcpListener`: connecting, reading, writing.

mod tcp_clones;
mod tcp_ends;
mod tcp_errors;
mod tcp_options;
mod tcp_transfer;
mod tcp_waits;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use eventlet_tests::check;

/// Both ends of a connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = listener();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// Bytes that tell their place.
fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn addresses_of_both_ends_agree() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
        assert_ne!(address.port(), 0);
        let client = TcpStream::connect(address).unwrap();
        let (server, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        assert_eq!(server.peer_addr().unwrap(), peer);
        assert_eq!(server.local_addr().unwrap(), client.peer_addr().unwrap());
        assert_eq!(client.peer_addr().unwrap(), address);
    });
}

#[test]
fn a_server_answers() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut question = [0; 8];
            stream.read_exact(&mut question).unwrap();
            stream.write_all(b"answer").unwrap();
            question
        });
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"question").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "answer");
        assert_eq!(&server.join().unwrap(), b"question");
    });
}

/// Connections stand before they are accepted, and what was sent meanwhile is there.
#[test]
fn a_connection_stands_before_it_is_accepted() {
    check(|| {
        let listener = listener();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.write_all(b"early").unwrap();
        drop(client);
        let (mut server, _) = listener.accept().unwrap();
        let mut text = String::new();
        assert_eq!(server.read_to_string(&mut text).unwrap(), 5);
        assert_eq!(text, "early");
    });
}

#[test]
fn connections_are_accepted_in_their_order() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let clients: Vec<_> = (0..5).map(|_| TcpStream::connect(address).unwrap()).collect();
        for (client, server) in clients.iter().zip(listener.incoming()) {
            assert_eq!(server.unwrap().peer_addr().unwrap(), client.local_addr().unwrap());
        }
    });
}

#[test]
fn incoming_waits_for_each() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            for (n, stream) in (0_u8..).zip(listener.incoming().take(3)) {
                stream.unwrap().write_all(&[n]).unwrap();
            }
        });
        for n in 0..3 {
            let mut byte = [9];
            TcpStream::connect(address).unwrap().read_exact(&mut byte).unwrap();
            assert_eq!(byte, [n]);
        }
        server.join().unwrap();
    });
}

/// Several threads accept from one listener; each connection goes to one of them.
#[test]
fn acceptors_share_a_listener() {
    check(|| {
        let listener = Arc::new(listener());
        let address = listener.local_addr().unwrap();
        let acceptors: Vec<_> = (0..3)
            .map(|_| {
                let listener = listener.clone();
                thread::spawn(move || listener.accept().unwrap().1)
            })
            .collect();
        let clients: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
        let mut accepted: Vec<SocketAddr> =
            acceptors.into_iter().map(|acceptor| acceptor.join().unwrap()).collect();
        let mut connected: Vec<_> =
            clients.iter().map(|client| client.local_addr().unwrap()).collect();
        accepted.sort();
        connected.sort();
        assert_eq!(accepted, connected);
    });
}

#[test]
fn a_stream_is_used_through_references() {
    check(|| {
        let (client, server) = pair();
        let (mut writer, mut reader) = (&client, &server);
        writer.write_all(b"by reference").unwrap();
        writer.flush().unwrap();
        let mut text = [0; 12];
        reader.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"by reference");
    });
}

#[test]
fn a_stream_moves_to_another_thread() {
    check(|| {
        let (mut client, mut server) = pair();
        client.write_all(b"a").unwrap();
        server.read_exact(&mut [0]).unwrap();
        let reader = thread::spawn(move || {
            let mut byte = [0];
            server.read_exact(&mut byte).unwrap();
            byte[0]
        });
        client.write_all(b"b").unwrap();
        assert_eq!(reader.join().unwrap(), b'b');
    });
}

#[test]
fn many_connections_at_once() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let clients: Vec<_> = (0..50_u8)
            .map(|n| {
                thread::spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.write_all(&[n]).unwrap();
                    let mut answer = [0];
                    stream.read_exact(&mut answer).unwrap();
                    assert_eq!(answer[0], n + 100);
                })
            })
            .collect();
        let handlers: Vec<_> = (0..50)
            .map(|_| {
                let (mut stream, _) = listener.accept().unwrap();
                thread::spawn(move || {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    stream.write_all(&[byte[0] + 100]).unwrap();
                })
            })
            .collect();
        clients.into_iter().chain(handlers).for_each(|thread| thread.join().unwrap());
    });
}

/// Where there is IPv6 at all.
#[test]
fn over_ipv6() {
    check(|| {
        let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
        let address = listener.local_addr().unwrap();
        assert!(address.is_ipv6());
        let mut client = TcpStream::connect(address).unwrap();
        let (mut server, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        server.write_all(b"six").unwrap();
        client.read_exact(&mut [0; 3]).unwrap();
    });
}
