//! Several handles of one TCP socket, used at once.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;

use eventlet_tests::check;

use super::{listener, pair, pattern};

#[test]
fn a_clone_is_the_same_connection() {
    check(|| {
        let (client, mut server) = pair();
        let mut clone = client.try_clone().unwrap();
        assert_eq!(clone.local_addr().unwrap(), client.local_addr().unwrap());
        assert_eq!(clone.peer_addr().unwrap(), client.peer_addr().unwrap());
        clone.write_all(b"x").unwrap();
        drop(client);
        clone.write_all(b"y").unwrap();
        drop(clone);
        let mut text = String::new();
        server.read_to_string(&mut text).unwrap();
        assert_eq!(text, "xy");
    });
}

/// Reads single bytes to the end.
fn read_bytes(mut stream: impl Read) -> Vec<u8> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).unwrap() == 1 {
        bytes.push(byte[0]);
        thread::yield_now();
    }
    bytes
}

/// Nothing is lost, and nothing read twice.
#[test]
fn two_clones_read_at_once() {
    check(|| {
        let (client, mut server) = pair();
        let clone = client.try_clone().unwrap();
        let readers = [client, clone].map(|stream| thread::spawn(move || read_bytes(stream)));
        let sent: Vec<u8> = (0..=255).collect();
        for part in sent.chunks(16) {
            server.write_all(part).unwrap();
            thread::yield_now();
        }
        drop(server);
        let mut read: Vec<u8> =
            readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
        read.sort_unstable();
        assert_eq!(read, sent);
    });
}

#[test]
fn one_handle_is_read_by_several_threads() {
    check(|| {
        let (client, mut server) = pair();
        let client = Arc::new(client);
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let client = client.clone();
                thread::spawn(move || read_bytes(&*client).len())
            })
            .collect();
        server.write_all(&[7; 1000]).unwrap();
        drop(server);
        let n_read: usize = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
        assert_eq!(n_read, 1000);
    });
}

/// Each write is small enough to go in one piece, so the pieces do not mix.
#[test]
fn several_threads_write() {
    check(|| {
        let (client, mut server) = pair();
        let client = Arc::new(client);
        let writers: Vec<_> = (0..4_u8)
            .map(|n| {
                let client = client.clone();
                thread::spawn(move || {
                    for _ in 0..25 {
                        (&*client).write_all(&[n; 10]).unwrap();
                        thread::yield_now();
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        drop(client);
        let mut bytes = Vec::new();
        server.read_to_end(&mut bytes).unwrap();
        for n in 0..4 {
            assert_eq!(bytes.iter().filter(|byte| **byte == n).count(), 250);
        }
        assert!(bytes.chunks(10).all(|piece| piece.iter().all(|byte| *byte == piece[0])));
    });
}

/// One clone reads while the other one writes, on both ends, more than any buffer holds.
#[test]
fn both_directions_at_once() {
    check(|| {
        let (client, server) = pair();
        let sent = Arc::new(pattern(3_000_000));
        let threads: Vec<_> = [client, server]
            .into_iter()
            .flat_map(|stream| {
                let (mut writer, bytes) = (stream.try_clone().unwrap(), sent.clone());
                let (mut reader, expected) = (stream, sent.clone());
                let writing = thread::spawn(move || {
                    writer.write_all(&bytes).unwrap();
                    writer.shutdown(Shutdown::Write).unwrap();
                });
                let reading = thread::spawn(move || {
                    let mut bytes = Vec::new();
                    reader.read_to_end(&mut bytes).unwrap();
                    assert!(bytes == *expected);
                });
                [writing, reading]
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn clones_of_a_listener_share_its_connections() {
    check(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let clone = listener.try_clone().unwrap();
        assert_eq!(clone.local_addr().unwrap(), address);
        let acceptors =
            [listener, clone].map(|listener| thread::spawn(move || listener.accept().unwrap().0));
        let clients = [0, 1].map(|_| TcpStream::connect(address).unwrap());
        let servers = acceptors.map(|acceptor| acceptor.join().unwrap());
        for mut server in servers {
            server.write_all(b"x").unwrap();
        }
        for mut client in clients {
            client.read_exact(&mut [0]).unwrap();
        }
    });
}

/// The port is taken until the last handle is gone.
#[test]
fn a_clone_of_a_listener_outlives_it() {
    check(|| {
        let listener = listener();
        let clone = listener.try_clone().unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let _client = TcpStream::connect(address).unwrap();
        clone.accept().unwrap();
    });
}
