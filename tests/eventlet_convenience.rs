//! The behaviours of Eventlet's own tests of `convenience`, by their names.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;

use eventlet::green::net::TcpStream;
use eventlet::{Listen, StopServe, connect, listen, serve, serve_with, sleep, spawn, with_timeout};
use eventlet_tests::net::{ask, listener, visit};
use eventlet_tests::{check, ms, yield_now};

/// The connection is closed when the handler returns.
#[test]
fn exiting_server() {
    check(|| {
        let (listener, address) = listener();
        let server = spawn(move || serve(listener, |_stream, _peer| ()));
        let mut client = connect(address).unwrap();
        assert_eq!(client.read(&mut [0; 100]).unwrap(), 0);
        server.kill();
    });
}

/// A handler that reads the question and panics, having closed the stream itself or not.
///
/// Either way the connection is closed. Eventlet's server ends with the handler's error; this one
/// goes on, since one connection is no reason to refuse the others.
fn excepting(closes_first: bool) {
    check(|| {
        let (listener, address) = listener();
        let handler = move |mut stream: TcpStream, _peer| {
            let mut question = [0];
            stream.read_exact(&mut question).unwrap();
            if &question == b"?" {
                return stream.write_all(b"fine").unwrap();
            }
            if closes_first {
                stream.close();
            }
            panic!("as asked");
        };
        let server = spawn(move || serve(listener, handler));
        assert_eq!(ask(address, "a").unwrap(), "");
        assert!(!server.is_dead());
        assert_eq!(ask(address, "?").unwrap(), "fine");
        server.kill();
    });
}

#[test]
fn excepting_server() {
    excepting(false);
}

#[test]
fn excepting_server_already_closed() {
    excepting(true);
}

#[test]
fn called_for_each_connection() {
    check(|| {
        let (listener, address) = listener();
        let hits = Rc::new(Cell::new(0));
        let theirs = hits.clone();
        let server =
            spawn(move || serve(listener, move |_stream, _peer| theirs.set(theirs.get() + 1)));
        for _ in 0..100 {
            assert_eq!(ask(address, "").unwrap(), "");
        }
        server.kill();
        assert_eq!(hits.get(), 100);
    });
}

/// `serve` does not return by itself.
#[test]
fn blocking() {
    check(|| {
        let (listener, _) = listener();
        assert!(with_timeout(ms(10), || serve(listener, |_stream, _peer| ())).is_err());
        yield_now();
    });
}

#[test]
fn raising_stopserve() {
    check(|| {
        let (listener, address) = listener();
        let visitor = visit(address);
        serve(listener, |_stream, _peer| Err::<(), _>(StopServe)).unwrap();
        visitor.wait().unwrap();
    });
}

/// The sixth of five gets nothing before one of them has left.
#[test]
fn concurrency() {
    check(|| {
        let (listener, address) = listener();
        let handler = |mut stream: TcpStream, _peer| {
            stream.write_all(b"hi").unwrap();
            // Until the client has left.
            let _ = stream.read(&mut [0]);
        };
        let server = spawn(move || serve_with(listener, handler, 5));
        let is_served = |client: &mut TcpStream| {
            let mut greeting = [0; 2];
            let served = with_timeout(ms(10), || client.read_exact(&mut greeting).unwrap());
            served.is_ok_and(|()| &greeting == b"hi")
        };
        let mut clients: Vec<_> = (0..5)
            .map(|_| {
                let mut client = connect(address).unwrap();
                client.read_exact(&mut [0; 2]).unwrap();
                client
            })
            .collect();
        let mut next = connect(address).unwrap();
        assert!(!is_served(&mut next));
        drop(clients.pop());
        next.read_exact(&mut [0; 2]).unwrap();
        drop((clients, next));
        while eventlet::hubs::get_hub().stats().green_threads > 2 {
            sleep(ms(1));
        }
        server.kill();
    });
}

/// A port that was listened at can be listened at again. Two may do so at once only if both have
/// asked for it: Eventlet shares ports unasked.
#[test]
fn socket_reuse() {
    check(|| {
        let (first, address) = listener();
        first.close();
        let second = listen(address).unwrap();
        assert_eq!(listen(address).unwrap_err().kind(), ErrorKind::AddrInUse);
        second.close();
        let shared = || Listen::new(address).reuse_port(true).bind();
        let (third, fourth) = (shared().unwrap(), shared().unwrap());
        assert_eq!(third.local_addr().unwrap(), fourth.local_addr().unwrap());
    });
}
