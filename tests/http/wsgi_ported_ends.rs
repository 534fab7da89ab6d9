//! Eventlet's tests of `wsgi`: how a server ends, and what it leaves.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::time::Duration;

use eventlet::http::{Request, Response, Server};
use eventlet::{GreenPool, GreenThread, listen, spawn, with_timeout};
use eventlet_http_tests::client::Client;
use eventlet_tests::{check, ms, yield_now};

const GET_1_0: &str = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
/// Far longer than idle connections are given, and far shorter than they are kept.
const A_WHILE: Duration = Duration::from_secs(10);

fn hello_world(_: &mut Request) -> &'static str {
    "hello world"
}

fn echo(request: &mut Request) -> io::Result<Response> {
    let mut body = Vec::new();
    request.read_to_end(&mut body)?;
    Ok(Response::bytes(body).with_header("x-path", request.raw_path()))
}

/// A server in a green thread of its own, in a pool, and where it is.
struct Site {
    pool: Rc<GreenPool>,
    listener: Rc<eventlet::green::net::TcpListener>,
    serving: GreenThread<io::Result<()>>,
}

impl Site {
    fn start() -> Self {
        let pool = Rc::new(GreenPool::new(100));
        let listener = Rc::new(listen("127.0.0.1:0").unwrap());
        let server = Server::new(echo).pool(pool.clone());
        let theirs = listener.clone();
        let serving = spawn(move || server.serve(theirs));
        // It enters its loop.
        yield_now();
        Site { pool, listener, serving }
    }

    fn connect(&self) -> Client {
        Client::connect(self.listener.local_addr().unwrap())
    }

    /// Whether all connections end within a while.
    fn ends_within(&self, limit: Duration) -> bool {
        with_timeout(limit, || self.pool.wait_all()).is_ok()
    }
}

const HEAD: &str = "PUT /foo-bar HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\n";

fn assert_echoed(client: &mut Client, body: &str) {
    let reply = client.reply();
    assert_eq!((reply.status(), reply.text()), (200, body));
    assert_eq!(reply.header("x-path"), Some("/foo-bar"));
}

#[test]
fn socket_remains_open() {
    check(|| {
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let theirs = listener.try_clone().unwrap();
        let server = Server::new(hello_world).start(theirs).unwrap();
        assert_eq!(Client::connect(address).ask(GET_1_0).text(), "hello world");
        // The descriptor that it has been given is closed, and no other one.
        server.stop();

        let server = Server::new(hello_world).start(listener).unwrap();
        // It waits.
        yield_now();
        assert_eq!(Client::connect(address).ask(GET_1_0).text(), "hello world");
        server.stop();
    });
}

#[test]
fn _025_accept_errors() {
    check(|| {
        let listener = Rc::new(listen("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        // From now on it does not listen, and accepting is an error.
        let socket = OwnedFd::from(std::net::TcpListener::from(listener.try_clone().unwrap()));
        TcpStream::from(socket).shutdown(Shutdown::Both).unwrap();
        let error = Server::new(hello_world).serve(listener).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let refused = eventlet::connect(address).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    });
}

#[test]
fn close_idle_connections() {
    check(|| {
        let site = Site::start();
        let mut client = site.connect();
        let body = "ABC".repeat(10);
        client.send(format!("{HEAD}{body}"));
        assert_echoed(&mut client, &body);
        site.serving.kill();
        assert!(site.ends_within(A_WHILE));
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn close_idle_connections_listen_socket_closed() {
    check(|| {
        let site = Site::start();
        let mut client = site.connect();
        let body = "ABC".repeat(10);
        yield_now();
        client.send(HEAD);
        yield_now();
        client.send(&body);
        assert_echoed(&mut client, &body);
        site.listener.close();
        assert!(site.ends_within(A_WHILE));
        site.serving.wait().unwrap().unwrap();
    });
}

#[test]
fn do_not_close_non_idle_connections() {
    check(|| {
        let site = Site::start();
        let mut client = site.connect();
        let body = "ABC".repeat(10);
        client.send(HEAD);
        yield_now();
        site.listener.close();
        // Longer than idle connections are given.
        assert!(!site.ends_within(ms(600)), "a request is being answered");
        client.send(&body);
        assert_echoed(&mut client, &body);
        assert!(site.ends_within(A_WHILE));
        assert_eq!(client.next_reply(), None);
        site.serving.wait().unwrap().unwrap();
    });
}
