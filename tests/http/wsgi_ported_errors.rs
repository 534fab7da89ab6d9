//! Eventlet's tests of `wsgi`: applications that fail, and clients that vanish.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::http::{BodyWriter, Request, Response, Server};
use eventlet::{sleep, with_timeout};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::while_serving;
use eventlet_tests::child::Child;
use eventlet_tests::{ms, yield_now};

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn crasher(_: &mut Request) {
    panic!("intentional crash");
}

#[test]
fn exceptions_close_connection() {
    let ended = Child::new().run(|| {
        while_serving(Server::new(crasher), |address| {
            let mut client = Client::connect(address);
            let reply = client.ask(GET);
            assert_eq!(reply.head.status_line, "HTTP/1.1 500 Internal Server Error");
            assert_eq!(reply.header("connection"), Some("close"));
            assert_eq!(reply.header("transfer-encoding"), None);
            assert_eq!(client.next_reply(), None);
        });
    });
    ended.expect_success().expect_stderr("intentional crash");
}

/// A body that takes too long.
fn stuck(out: &mut BodyWriter<'_>) -> io::Result<()> {
    out.write_all(b"partial ")?;
    with_timeout(ms(1), || sleep(Duration::from_secs(3600)))?;
    out.write_all(b"body\n")
}

#[test]
fn timeouts_in_app_call() {
    let ended = Child::new().run(|| {
        while_serving(Server::new(|_: &mut Request| Response::written_by(stuck)), |address| {
            let mut client = Client::connect(address);
            // Nothing has been sent of what was to be 200.
            let reply = client.ask(GET);
            assert_eq!(reply.head.status_line, "HTTP/1.1 500 Internal Server Error");
            assert_eq!(reply.header("connection"), Some("close"));
            assert_eq!(reply.header("transfer-encoding"), None);
            assert_eq!(reply.header("content-length"), Some("21"));
            assert_eq!(reply.text(), "internal server error");
            assert_eq!(client.next_reply(), None);
        });
    });
    ended.expect_success().expect_stderr("eventlet: the application failed: timed out");
}

#[test]
fn timeouts_in_app_iter() {
    let app = |_: &mut Request| {
        Response::written_by(stuck).with_min_chunk_size(1).with_header("content-length", "13")
    };
    let ended = Child::new().run(|| {
        while_serving(Server::new(app), |address| {
            let mut client = Client::connect(address);
            let reply = client.ask(GET);
            assert_eq!((reply.status(), reply.header("connection")), (200, None));
            assert_eq!(reply.header("content-length"), Some("13"));
            assert_eq!((reply.text(), reply.is_whole), ("partial ", false));
        });
    });
    ended.expect_success().expect_stderr("eventlet: a response was cut short: timed out");
}

/// The client is told the text of the panic; where it was is told by the report on standard error.
#[test]
fn debug() {
    while_serving(Server::new(crasher).debug(false), |address| {
        let reply = Client::connect(address).ask(GET);
        assert_eq!((reply.status(), reply.text()), (500, "internal server error"));
        assert_eq!(reply.header("connection"), Some("close"));
        assert_eq!(reply.header("transfer-encoding"), None);
    });
    while_serving(Server::new(crasher).debug(true), |address| {
        let reply = Client::connect(address).ask(GET);
        assert_eq!((reply.status(), reply.text()), (500, "intentional crash"));
        assert_eq!(reply.header("connection"), Some("close"));
        assert_eq!(reply.header("transfer-encoding"), None);
    });
}

#[test]
fn client_disconnect() {
    let ended = Child::new().run(|| {
        // More than the connection holds.
        let app = |_: &mut Request| Response::bytes(vec![b'a'; 20_000_000]);
        while_serving(Server::new(app), |address| {
            let mut leaving = Client::connect(address);
            leaving.send(GET);
            assert_eq!(leaving.head().status(), 200);
            drop(leaving);
            assert_eq!(Client::connect(address).ask(GET).body.len(), 20_000_000);
        });
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

#[test]
fn close_before_finished() {
    let n_ended = Rc::new(Cell::new(0));
    let counted = n_ended.clone();
    let app = move |request: &mut Request| -> io::Result<Vec<u8>> {
        let counted = counted.clone();
        request.on_end(move |_| counted.set(counted.get() + 1));
        let mut body = vec![0; 10];
        io::Read::read_exact(request, &mut body)?;
        Ok(body)
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send("POST /short-read HTTP/1.1\r\nHost: localhost\r\n");
        client.send("Transfer-Encoding: chunked\r\n\r\n4\r\nthi");
        drop(client);
        while n_ended.get() == 0 {
            yield_now();
        }
    });
}

#[test]
fn _029_posthooks() {
    let counts = [Rc::new(Cell::new(0)), Rc::new(Cell::new(0))];
    let theirs = counts.clone();
    let app = move |request: &mut Request| {
        let [first, second] = theirs.clone();
        let both = request.raw_path() == "/two";
        request.on_end(move |_| first.set(first.get() + if both { 20 } else { 6 }));
        if both {
            request.on_end(move |_| second.set(second.get() + 25));
        }
    };
    let is = move |first, second| [first, second] == [counts[0].get(), counts[1].get()];
    while_serving(Server::new(app), |address| {
        for (path, expected) in [("/one", (6, 0)), ("/two", (26, 25))] {
            let mut client = Client::connect(address);
            client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assert_eq!(client.line().as_deref(), Some("HTTP/1.1 200 OK"));
            drop(client);
            assert!(is(expected.0, expected.1), "{path}");
        }
    });
}

/// A time limit that passes on a kept connection is no error that anybody hears of.
#[test]
fn server_connection_timeout_exception() {
    let ended = Child::new().run(|| {
        let server = Server::new(|_: &mut Request| "hello").keep_alive(ms(20));
        while_serving(server, |address| {
            let mut client = Client::connect(address);
            assert_eq!(client.ask(GET).text(), "hello");
            assert_eq!(client.next_reply(), None);
        });
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

/// Eventlet closes the connection without a word. Here a client that has begun a request is told.
#[test]
fn server_socket_timeout() {
    let server = Server::new(|_: &mut Request| "hello").socket_timeout(ms(20));
    while_serving(server, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\n");
        assert_eq!(client.reply().status(), 408);
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn server_keepalive_as_timeout() {
    let calls = Rc::new(Cell::new(0));
    let counted = calls.clone();
    let app = move |_: &mut Request| counted.set(counted.get() + 1);
    let server = Server::new(app).socket_timeout(Duration::from_secs(20)).keep_alive(ms(50));
    while_serving(server, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\n");
        // Longer than a connection may be idle, but this one is not.
        sleep(ms(100));
        let reply = client.ask("Host: localhost\r\n\r\n");
        assert_eq!((reply.status(), reply.header("keep-alive")), (200, None));
        assert_eq!(client.next_reply(), None);
        assert_eq!(calls.get(), 1);
    });
}
