//! How TLS ends: announced, cut off, and to go on in the open.

use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;

use eventlet::green::net::TcpStream;
use eventlet::green::ssl::TlsStream;
use eventlet::{sleep, spawn};
use eventlet_http_tests::tls::Tls;
use eventlet_tests::{check, ms, panic_of, yield_now};

fn read_end(mut stream: &TlsStream<TcpStream>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map(|_| bytes)
}

#[test]
fn an_end_that_is_announced_is_one() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        (&server).write_all(b"all").unwrap();
        server.shutdown().unwrap();
        server.shutdown().unwrap();
        assert_eq!(read_end(&client).unwrap(), b"all");
        assert_eq!(read_end(&client).unwrap(), b"");
        let error = (&server).write(b"more").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        // The other direction goes on.
        (&client).write_all(b"back").unwrap();
        let mut bytes = [0; 4];
        (&server).read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"back");
    });
}

#[test]
fn dropping_a_stream_announces_it() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        (&server).write_all(b"all").unwrap();
        drop(server);
        assert_eq!(read_end(&client).unwrap(), b"all");
    });
}

#[test]
fn an_end_that_is_not_announced_is_told() {
    check(|| {
        for is_allowed in [false, true] {
            let tls = Tls::with(
                |acceptor| acceptor,
                |connector| if is_allowed { connector.allow_ragged_end() } else { connector },
            );
            let (client, server) = tls.pair();
            (&server).write_all(b"half of").unwrap();
            server.get_ref().shutdown(std::net::Shutdown::Write).unwrap();
            let mut bytes = [0; 7];
            (&client).read_exact(&mut bytes).unwrap();
            for _ in 0..2 {
                match read_end(&client) {
                    Ok(rest) => assert!(is_allowed && rest.is_empty()),
                    Err(error) => {
                        assert!(!is_allowed && error.kind() == ErrorKind::UnexpectedEof, "{error}");
                    }
                }
            }
            // What goes the other way still does.
            (&client).write_all(b"x").unwrap();
            assert_eq!((&server).read(&mut bytes).unwrap(), 1);
        }
    });
}

#[test]
fn who_panics_or_is_killed_announces_nothing() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let killed = spawn(move || {
            (&server).write_all(b"half").unwrap();
            sleep(ms(3_600_000));
            drop(server);
        });
        let mut bytes = [0; 4];
        (&client).read_exact(&mut bytes).unwrap();
        killed.kill();
        assert!(killed.wait().is_err());
        assert_eq!(read_end(&client).unwrap_err().kind(), ErrorKind::UnexpectedEof);

        let (client, server) = tls.pair();
        panic_of(move || {
            let _server = server;
            panic!("on purpose");
        });
        assert_eq!(read_end(&client).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn a_reset_is_told_as_one() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        // What it has not read makes the system reset the connection.
        (&client).write_all(b"unread").unwrap();
        yield_now();
        server.get_ref().close();
        assert!(read_end(&client).is_err());
    });
}

#[test]
fn unwrapping_gives_the_plain_stream_back() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let peer = spawn(move || {
            let mut bytes = [0; 6];
            (&server).read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"during");
            let (mut plain, rest) = server.unwrap().unwrap();
            let mut bytes = [0; 5];
            rest.chain(&mut plain).read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"after");
            plain.write_all(b"and back").unwrap();
        });
        (&client).write_all(b"during").unwrap();
        let (mut plain, rest) = client.unwrap().unwrap();
        plain.write_all(b"after").unwrap();
        assert_eq!(io::read_to_string(rest.chain(&mut plain)).unwrap(), "and back");
        peer.wait().unwrap();
    });
}

/// What follows the end of TLS at once has been read together with it.
#[test]
fn unwrapping_loses_nothing_that_was_read_ahead() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        client.shutdown().unwrap();
        client.get_ref().write_all(b"in the open").unwrap();
        let (mut plain, rest) = server.unwrap().unwrap();
        plain.set_nonblocking(true).unwrap();
        let mut ahead = Vec::new();
        let _ = rest.chain(&mut plain).read_to_end(&mut ahead);
        assert_eq!(ahead, b"in the open");
        drop(client);
    });
}

#[test]
fn unwrapping_what_has_not_been_read_is_an_error() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        (&client).write_all(b"unread").unwrap();
        let error = server.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        // The peer is gone without a word.
        let (client, server) = tls.pair();
        client.get_ref().shutdown(std::net::Shutdown::Both).unwrap();
        let error = server.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn unwrapping_before_the_handshake_changes_nothing() {
    check(|| {
        let tls = Tls::new();
        let (mut near, far) = eventlet_tests::net::pair();
        let (mut plain, rest) = tls.acceptor.accept(far).unwrap().unwrap();
        assert!(rest.is_empty());
        near.write_all(b"x").unwrap();
        assert_eq!(plain.read(&mut [0; 1]).unwrap(), 1);
    });
}

#[test]
fn closing_the_stream_below_ends_all_waits() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let client = Rc::new(client);
        let reader = spawn({
            let client = client.clone();
            move || read_end(&client)
        });
        yield_now();
        client.get_ref().close();
        assert_eq!(reader.wait().unwrap().unwrap_err().kind(), ErrorKind::NotConnected);
        assert!((&*client).write(b"x").is_err());
        drop(server);
    });
}

#[test]
fn what_was_tampered_with_is_refused() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        // A record that nobody has encrypted.
        client.get_ref().write_all(&[23, 3, 3, 0, 32]).unwrap();
        client.get_ref().write_all(&[7; 32]).unwrap();
        let error = read_end(&server).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        let error = read_end(&client).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted, "{error}");
    });
}
