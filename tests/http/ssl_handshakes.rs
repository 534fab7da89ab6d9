//! Handshakes: many at once, slow ones, and those that are interrupted.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::debug::pause_clock;
use eventlet::green::net::{SocketAddr, TcpStream};
use eventlet::green::ssl::{Acceptor, HandshakeError, Reason};
use eventlet::{GreenThread, connect, join_all, sleep, spawn};
use eventlet_http_tests::tls::Tls;
use eventlet_tests::net::{listener, pair};
use eventlet_tests::{check, ms, yield_now};

/// How many handshakes have failed, and why the last one did.
type Failed = Rc<Cell<(usize, Option<Reason>)>>;

/// Answers each connection with what it has sent.
fn echo(acceptor: Acceptor) -> (SocketAddr, GreenThread<()>, Failed) {
    let (listener, address) = listener();
    let failed = Failed::default();
    let seen = failed.clone();
    let server = spawn(move || {
        let _ = eventlet::serve(listener, move |stream, _peer| {
            let mut stream = acceptor.accept(stream);
            if let Err(error) = stream.handshake() {
                let reason = HandshakeError::of(&error).map(HandshakeError::reason);
                seen.set((seen.get().0 + 1, reason));
                return;
            }
            let mut bytes = [0; 5];
            stream.read_exact(&mut bytes).and_then(|()| stream.write_all(&bytes)).unwrap();
        });
    });
    (address, server, failed)
}

#[test]
fn two_hundred_at_once_beside_fifty_who_say_nothing() {
    check(|| {
        let tls = Tls::new();
        let (address, server, failed) = echo(tls.acceptor.clone());
        let silent: Vec<_> = (0..50).map(|_| connect(address).unwrap()).collect();
        yield_now();
        let client = || {
            let connector = tls.connector.clone();
            spawn(move || {
                let mut stream = connector.connect("localhost", connect(address).unwrap()).unwrap();
                stream.write_all(b"hello").unwrap();
                let mut answer = [0; 5];
                stream.read_exact(&mut answer).unwrap();
                assert_eq!(&answer, b"hello");
            })
        };
        let clients: Vec<_> = (0..200).map(|_| client()).collect();
        for client in join_all(clients) {
            client.unwrap();
        }
        // All of them are served, and the others have not even been given up.
        assert_eq!(failed.get(), (0, None));
        // Those are, in the end, and hear of it.
        pause_clock();
        for mut stream in silent {
            assert!(matches!(stream.read(&mut [0; 64]), Ok(0)));
        }
        assert_eq!(failed.get(), (50, Some(Reason::TimedOut)));
        server.kill();
    });
}

#[test]
fn a_slow_peer_is_given_up_in_time_and_for_good() {
    check(|| {
        let tls = Tls::new();
        let (_silent, far) = pair();
        pause_clock();
        let stream = tls.acceptor.accept(far);
        let slept = spawn(|| sleep(Duration::from_secs(9)));
        let handshake = spawn(move || {
            let first = stream.handshake().unwrap_err();
            assert_eq!(first.kind(), ErrorKind::TimedOut);
            assert!(first.to_string().contains("10s"), "{first}");
            let again = (&stream).read(&mut [0; 1]).unwrap_err();
            assert_eq!(again.to_string(), first.to_string());
        });
        slept.wait().unwrap();
        assert!(!handshake.is_dead());
        handshake.wait().unwrap();
    });
}

#[test]
fn a_client_does_not_wait_for_ever_either() {
    check(|| {
        let limit = ms(30);
        let tls = Tls::with(|acceptor| acceptor, |connector| connector.handshake_timeout(limit));
        let (near, _silent) = pair();
        let error = tls.connector.connect("localhost", near).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(HandshakeError::of(&error).unwrap().reason(), Reason::TimedOut);
    });
}

#[test]
fn accepting_does_not_wait() {
    check(|| {
        let tls = Tls::new();
        let (_silent, far) = pair();
        let other = spawn(|| ());
        let stream = tls.acceptor.accept(far);
        drop(stream);
        assert!(!other.is_dead(), "someone else has run");
        other.wait().unwrap();
    });
}

#[test]
fn one_that_is_interrupted_goes_on() {
    check(|| {
        let tls = Tls::new();
        let (near, far) = pair();
        let stream = Rc::new(tls.acceptor.accept(far));
        let shaking = spawn({
            let stream = stream.clone();
            move || stream.handshake().unwrap()
        });
        yield_now();
        shaking.kill();
        assert!(shaking.wait().unwrap_err().is_killed());
        let limited = eventlet::with_timeout(ms(10), || (&*stream).read(&mut [0; 1]).unwrap());
        assert!(limited.is_err());

        let connector = tls.connector.clone();
        let client = spawn(move || {
            connector.connect("localhost", near).unwrap().write_all(b"x").unwrap();
        });
        assert_eq!((&*stream).read(&mut [0; 1]).unwrap(), 1);
        client.wait().unwrap();
    });
}

#[test]
fn several_may_make_it_together() {
    check(|| {
        let tls = Tls::new();
        let (near, far) = pair();
        let server = Rc::new(tls.acceptor.accept(far));
        let client = Rc::new(tls.connector.connect_later("localhost", near));
        let all = (0..10).map(|number| {
            let (server, client) = (server.clone(), client.clone());
            spawn(move || if number % 2 == 0 { server.handshake() } else { client.handshake() })
        });
        for one in join_all(all.collect::<Vec<_>>()) {
            one.unwrap().unwrap();
        }
    });
}

#[test]
fn nobody_is_asked_before_the_first_byte() {
    check(|| {
        let tls = Tls::new();
        let (near, mut far) = pair();
        let mut client = tls.connector.connect_later("localhost", near);
        far.set_read_timeout(Some(ms(5))).unwrap();
        assert_eq!(far.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
        far.set_read_timeout(None).unwrap();
        let server = tls.acceptor.accept(far);
        let server = spawn(move || {
            let mut stream = server;
            let mut bytes = [0; 2];
            stream.read_exact(&mut bytes).map(|()| bytes)
        });
        client.write_all(b"ok").unwrap();
        assert_eq!(&server.wait().unwrap().unwrap(), b"ok");
    });
}

#[test]
fn a_stream_that_does_not_block_says_so() {
    check(|| {
        let tls = Tls::new();
        let (near, far) = pair();
        near.set_nonblocking(true).unwrap();
        let mut client = tls.connector.connect_later("localhost", near);
        let connecting = client.handshake().unwrap_err();
        assert_eq!(connecting.kind(), ErrorKind::WouldBlock);
        let server = tls.acceptor.accept(far);
        let server = spawn(move || (&server).write_all(b"x").map(|()| server));
        let mut n_tries = 0;
        let mut byte = [0];
        while let Err(error) = client.read(&mut byte) {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            n_tries += 1;
            eventlet::hubs::trampoline(client.get_ref(), eventlet::hubs::Direction::Read, None)
                .unwrap();
        }
        assert!(n_tries > 0 && &byte == b"x");
        server.wait().unwrap().unwrap();
    });
}

#[test]
fn they_are_shared_with_other_threads() {
    fn is_shared<T: Send + Sync + Clone>(_: &T) {}
    fn is_sent<T: Send + Sync>(_: &T) {}
    check(|| {
        let tls = Tls::new();
        is_shared(&tls.acceptor);
        is_shared(&tls.connector);
        let stream: eventlet::green::ssl::TlsStream<TcpStream> = tls.acceptor.accept(pair().0);
        is_sent(&stream);
    });
}
