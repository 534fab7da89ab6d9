//! Listeners for Unix sockets.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn a_server_answers() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || {
            let (mut stream, peer) = listener.accept().unwrap();
            assert!(peer.is_unnamed());
            let mut question = [0; 8];
            stream.read_exact(&mut question).unwrap();
            stream.write_all(b"answer").unwrap();
            question
        });
        let mut client = UnixStream::connect(&path).unwrap();
        client.write_all(b"question").unwrap();
        assert_eq!(io::read_to_string(client).unwrap(), "answer");
        assert_eq!(&server.join().unwrap(), b"question");
    });
}

#[test]
fn the_file_stays() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let taken = UnixListener::bind(&path).unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        drop(listener);
        assert_eq!(UnixListener::bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
        let refused = UnixStream::connect(&path).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        dir.remove("socket");
        assert_eq!(UnixStream::connect(&path).unwrap_err().kind(), ErrorKind::NotFound);
        UnixListener::bind(&path).unwrap();
    });
}

#[test]
fn where_nothing_can_be_bound() {
    check(|| {
        let dir = Scratch::new();
        let missing = dir.path("missing").join("socket");
        assert_eq!(UnixListener::bind(missing).unwrap_err().kind(), ErrorKind::NotFound);
        let file = dir.file("file", "text");
        assert_eq!(UnixListener::bind(&file).unwrap_err().kind(), ErrorKind::AddrInUse);
        let refused = UnixStream::connect(&file).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn connections_wait_to_be_accepted() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let clients: Vec<_> = (0..5_u8)
            .map(|n| {
                let mut client = UnixStream::connect(&path).unwrap();
                client.write_all(&[n]).unwrap();
                client
            })
            .collect();
        for (n, server) in (0..5).zip(listener.incoming()) {
            let mut byte = [9];
            server.unwrap().read_exact(&mut byte).unwrap();
            assert_eq!(byte, [n]);
        }
        drop(clients);
    });
}

#[test]
fn iterating() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(listener.incoming().size_hint(), (usize::MAX, None));
        let server = thread::spawn(move || {
            let mut n_accepted = 0;
            for stream in &listener {
                stream.unwrap().write_all(b"x").unwrap();
                n_accepted += 1;
                if n_accepted == 3 {
                    break;
                }
            }
            n_accepted
        });
        for _ in 0..3 {
            UnixStream::connect(&path).unwrap().read_exact(&mut [0]).unwrap();
        }
        assert_eq!(server.join().unwrap(), 3);
    });
}

#[test]
fn acceptors_share_a_listener() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = Arc::new(UnixListener::bind(&path).unwrap());
        let clone = listener.try_clone().unwrap();
        let theirs = listener.clone();
        let acceptors = [
            thread::spawn(move || theirs.accept().unwrap().0.write_all(b"x").unwrap()),
            thread::spawn(move || clone.accept().unwrap().0.write_all(b"x").unwrap()),
        ];
        for _ in 0..2 {
            UnixStream::connect(&path).unwrap().read_exact(&mut [0]).unwrap();
        }
        acceptors.into_iter().for_each(|acceptor| acceptor.join().unwrap());
    });
}

#[test]
fn a_nonblocking_listener() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let next = listener.incoming().next().unwrap();
        assert_eq!(next.unwrap_err().kind(), ErrorKind::WouldBlock);
        let client = UnixStream::connect(&path).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        // What it accepts waits.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let reader = thread::spawn(move || stream.read(&mut [0; 9]).unwrap());
        (&client).write_all(b"x").unwrap();
        assert_eq!(reader.join().unwrap(), 1);
    });
}

#[test]
fn addresses_of_both_ends() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(listener.local_addr().unwrap().as_pathname(), Some(&*path));
        let client = UnixStream::connect(&path).unwrap();
        let (server, peer) = listener.accept().unwrap();
        assert!(peer.is_unnamed());
        assert!(client.local_addr().unwrap().is_unnamed());
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
        assert_eq!(server.local_addr().unwrap().as_pathname(), Some(&*path));
        assert!(server.peer_addr().unwrap().is_unnamed());
        assert!(listener.take_error().unwrap().is_none());
    });
}

#[test]
fn many_connections_at_once() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let clients: Vec<_> = (0..50_u8)
            .map(|n| {
                let path = path.clone();
                thread::spawn(move || {
                    let mut stream = UnixStream::connect(path).unwrap();
                    stream.write_all(&[n]).unwrap();
                    let mut answer = [0];
                    stream.read_exact(&mut answer).unwrap();
                    assert_eq!(answer[0], n + 100);
                })
            })
            .collect();
        for stream in listener.incoming().take(50) {
            let mut stream = stream.unwrap();
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            stream.write_all(&[byte[0] + 100]).unwrap();
        }
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}
