//! Eventlet's tests of `wsgi`: the log, and addresses in it.

use eventlet::green::os::unix::net::UnixListener;
use eventlet::green::os::unix::net::UnixStream;
use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::{Lines, while_serving};
use eventlet_tests::check;
use eventlet_tests::child::Child;
use eventlet_tests::scratch::Scratch;

fn hello_world(_: &mut Request) -> &'static str {
    "hello world"
}

#[test]
fn _020_x_forwarded_for() {
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n\r\n";
    let lines = Lines::new();
    while_serving(Server::new(hello_world).log(lines.sink()), |address| {
        Client::connect(address).ask(request);
        let line = lines.take().concat();
        assert!(line.starts_with("1.2.3.4,5.6.7.8,127.0.0.1 - - ["), "{line}");
    });
    let server = Server::new(hello_world).log(lines.sink()).log_x_forwarded_for(false);
    while_serving(server, |address| {
        Client::connect(address).ask(request);
        let line = lines.take().concat();
        assert!(line.starts_with("127.0.0.1 - - ["), "{line}");
        assert!(!line.contains("1.2.3.4") && !line.contains("5.6.7.8"), "{line}");
    });
}

#[test]
fn _026_log_format() {
    let lines = Lines::new();
    let server = Server::new(hello_world).log(lines.sink()).log_format("HI {request_line} HI");
    while_serving(server, |address| {
        Client::connect(address).get("/yo!");
        assert_eq!(lines.take(), ["HI GET /yo! HTTP/1.1 HI"]);
    });
}

#[test]
fn log_unix_address() {
    let lines = Lines::new();
    let app = |request: &mut Request| {
        Response::text(format!("{:?} {:?}", request.peer_addr(), request.stream().peer_addr()))
    };
    check(|| {
        let scratch = Scratch::new();
        let listener = UnixListener::bind(scratch.path("socket")).unwrap();
        let server = Server::new(app).log(lines.sink()).start(listener).unwrap();
        let mut client = Client::over(UnixStream::connect(scratch.path("socket")).unwrap());
        let reply = client.ask("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
        assert_eq!((reply.status(), reply.text()), (200, "None None"));
        let line = lines.take().concat();
        assert!(line.starts_with("unix - - ["), "{line}");
        server.stop();
    });
}

/// Without being told to, the server logs nothing.
#[test]
fn log_disable() {
    let ended = Child::new().run(|| {
        while_serving(Server::new(hello_world), |address| {
            let headers = "Host: localhost\r\npath-info: foo\r\nx-ANY_k: one\r\n";
            Client::connect(address).ask(format!("GET / HTTP/1.1\r\n{headers}\r\n"));
        });
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

#[test]
fn ipv6() {
    let lines = Lines::new();
    check(|| {
        // There are machines without.
        let Ok(listener) = eventlet::listen("[::1]:0") else { return };
        let address = listener.local_addr().unwrap();
        let server = Server::new(hello_world).log(lines.sink()).start(listener).unwrap();
        assert_eq!(Client::connect(address).get("/").text(), "hello world");
        let line = lines.take().concat();
        assert!(line.starts_with("::1 - - ["), "{line}");
        server.stop();
    });
}
