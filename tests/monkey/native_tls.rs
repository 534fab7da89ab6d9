//! native-tls, which is OpenSSL here: clients, servers, and both in one OS thread.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use eventlet_monkey_tests::{Deaf, Web, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use eventlet_tests::net::pattern;
use native_tls::{Certificate, HandshakeError, Identity, TlsAcceptor, TlsConnector, TlsStream};

const N: usize = 200;

/// Makes connections that trust our server only.
fn connector() -> TlsConnector {
    let authority = Certificate::from_pem(Web::shared().authority()).unwrap();
    TlsConnector::builder().add_root_certificate(authority).build().unwrap()
}

fn acceptor() -> TlsAcceptor {
    let [certificate, key] = Web::shared().identity();
    TlsAcceptor::new(Identity::from_pkcs8(&certificate, &key).unwrap()).unwrap()
}

/// A connection to the server for HTTPS.
fn connect(connector: &TlsConnector) -> TlsStream<TcpStream> {
    let tcp = TcpStream::connect(("127.0.0.1", Web::shared().ports()[1])).unwrap();
    connector.connect("localhost", tcp).unwrap()
}

#[test]
fn slow_answers_at_once() {
    check(|| {
        let connector = connector();
        let run = at_once(N, |i| {
            let (mut stream, path) = (connect(&connector), format!("/slow/500/{i}"));
            write!(stream, "GET {path} HTTP/1.1\r\n\r\n").unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(path.as_bytes()) {
                let mut bytes = [0; 100];
                let n = stream.read(&mut bytes).unwrap();
                assert!(n > 0, "{answer:?}");
                answer.extend_from_slice(&bytes[..n]);
            }
        });
        run.like_the_slowest(ms(500));
    });
}

/// Both sides at once, with more than the sockets hold: each can go on only if the other one does.
#[test]
fn both_sides() {
    const LENGTH: usize = 4 << 20;
    check(|| {
        let (connector, acceptor) = (connector(), acceptor());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sent = pattern(1, LENGTH);
        let run = at_once(16, |i| {
            let mut received = vec![0; LENGTH];
            if i % 2 == 0 {
                let (tcp, _) = listener.accept().unwrap();
                let mut stream = acceptor.accept(tcp).unwrap();
                stream.read_exact(&mut received).unwrap();
                stream.write_all(&received).unwrap();
                assert_eq!(stream.read(&mut [0]).unwrap(), 0);
            } else {
                let tcp = TcpStream::connect(address).unwrap();
                let mut stream = connector.connect("127.0.0.1", tcp).unwrap();
                stream.write_all(&sent).unwrap();
                stream.read_exact(&mut received).unwrap();
                stream.shutdown().unwrap();
            }
            received == sent
        });
        assert_eq!(run.results, [true; 16]);
    });
}

/// How introducing oneself fails: nobody there, nobody that listens, somebody else.
#[test]
fn handshakes_that_fail() {
    check(|| {
        let (connector, silence) = (connector(), Deaf::to_words());
        let [http, https] = Web::shared().ports();
        let run = at_once(60, |i| {
            let handshake = |port: u16, name, read_timeout| {
                let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
                tcp.set_read_timeout(read_timeout).unwrap();
                connector.connect(name, tcp).map(drop)
            };
            match i % 3 {
                0 => matches!(handshake(http, "localhost", None), Err(HandshakeError::Failure(_))),
                1 => matches!(handshake(https, "elsewhere", None), Err(HandshakeError::Failure(_))),
                _ => not_before(ms(500), || {
                    let result = handshake(silence.address().port(), "localhost", Some(ms(500)));
                    matches!(result, Err(HandshakeError::WouldBlock(_)))
                }),
            }
        });
        assert_eq!(run.results, [true; 60]);
    });
}

/// A reader that waits is ended by its limit, by the other side, and by a shutdown of its own socket.
#[test]
fn waiting_ends() {
    check(|| {
        let connector = connector();
        let run = at_once(N, |i| {
            let mut stream = connect(&connector);
            match i % 3 {
                0 => {
                    stream.get_ref().set_read_timeout(Some(ms(500))).unwrap();
                    let error = not_before(ms(500), || stream.read(&mut [0]).unwrap_err());
                    error.kind() == std::io::ErrorKind::WouldBlock
                }
                1 => {
                    stream.write_all(b"GET /close HTTP/1.1\r\n\r\n").unwrap();
                    // The other side does not say that this is the end of what it has to say.
                    !matches!(stream.read(&mut [0]), Ok(1))
                }
                _ => {
                    stream.get_ref().shutdown(Shutdown::Both).unwrap();
                    !matches!(stream.read(&mut [0]), Ok(1))
                }
            }
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
