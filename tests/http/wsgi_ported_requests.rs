//! Eventlet's tests of `wsgi`: which requests are refused, and what the application is told.

use std::io::{self, Read};

use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::while_serving;

fn hello_world(_: &mut Request) -> &'static str {
    "hello world"
}

fn echo(request: &mut Request) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    request.read_to_end(&mut body)?;
    Ok(body)
}

/// Asserts that a request is refused, and the connection closed.
fn assert_refused(client: &mut Client, request: impl AsRef<[u8]>, status_line: &str) {
    let reply = client.ask(request);
    assert_eq!(reply.head.status_line, status_line);
    assert_eq!(reply.header("connection"), Some("close"));
    assert_eq!(client.next_reply(), None);
}

#[test]
fn _006_reject_long_urls() {
    while_serving(Server::new(hello_world), |address| {
        let path = ["path"; 3000].join("/");
        let request = format!("GET /{path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        assert_refused(&mut Client::connect(address), request, "HTTP/1.1 414 URI Too Long");
    });
}

#[test]
fn configurable_url_length_limit() {
    while_serving(Server::new(hello_world).max_request_line(20_000), |address| {
        let path = "x".repeat(15_000);
        let reply = Client::connect(address).ask(format!("GET /{path} HTTP/1.0\r\n\r\n"));
        assert_eq!((reply.status(), reply.text()), (200, "hello world"));
    });
}

/// `Client` asserts that no header is there twice.
#[test]
fn _016_repeated_content_length() {
    let app = |_: &mut Request| Response::text("testing").with_header("content-length", "7");
    while_serving(Server::new(app), |address| {
        let reply = Client::connect(address).get("/a");
        assert_eq!((reply.header("content-length"), reply.text()), (Some("7"), "testing"));
    });
}

#[test]
fn _023_bad_content_length() {
    while_serving(Server::new(echo), |address| {
        for length in [" argh", "", " ", " -10"] {
            let request =
                format!("GET / HTTP/1.0\r\nHost: localhost\r\nContent-length:{length}\r\n\r\n");
            assert_refused(&mut Client::connect(address), request, "HTTP/1.1 400 Bad Request");
        }
    });
}

/// Eventlet answers by 400.
#[test]
fn _030_reject_long_header_lines() {
    while_serving(Server::new(hello_world), |address| {
        let long = "a".repeat(10_000);
        let request = format!("GET / HTTP/1.0\r\nHost: localhost\r\nLong: {long}\r\n\r\n");
        let status_line = "HTTP/1.1 431 Request Header Fields Too Large";
        assert_refused(&mut Client::connect(address), request, status_line);
    });
}

/// Eventlet answers by 400.
#[test]
fn _031_reject_large_headers() {
    while_serving(Server::new(hello_world), |address| {
        let headers = format!("Name: {}\r\n", "a".repeat(7000)).repeat(20);
        let request = format!("GET / HTTP/1.0\r\nHost: localhost\r\n{headers}\r\n\r\n");
        let status_line = "HTTP/1.1 431 Request Header Fields Too Large";
        assert_refused(&mut Client::connect(address), request, status_line);
    });
}

#[test]
fn path_info_decoding() {
    let app =
        |request: &mut Request| format!("decoded: {} raw: {}", request.path(), request.raw_path());
    while_serving(Server::new(app), |address| {
        let reply = Client::connect(address).get("/a*b@%40%233");
        assert_eq!(reply.head.status_line, "HTTP/1.1 200 OK");
        assert_eq!(reply.text(), "decoded: /a*b@@#3 raw: /a*b@%40%233");
    });
}

/// Eventlet's strings of a request have a character for each byte. Here a path is UTF-8, and what is
/// not is replaced; the raw path has all bytes.
#[test]
fn path_info_latin1() {
    let app = |request: &mut Request| format!("{} {}", request.path(), request.raw_path());
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        let reply = client.get("/%E4%BD%A0%E5%A5%BD");
        assert_eq!(reply.text(), "/你好 /%E4%BD%A0%E5%A5%BD");
        let reply = client.get("/%BD%A5%E5%A0%BD%E4");
        let (path, raw_path) = reply.text().split_once(' ').unwrap();
        assert_eq!(raw_path, "/%BD%A5%E5%A0%BD%E4");
        assert!(path.starts_with("/\u{fffd}") && path.ends_with('\u{fffd}'), "{path}");
    });
}

#[test]
fn rfc9112_reject_bad_request() {
    while_serving(Server::new(hello_world), |address| {
        let headers = "Transfer-Encoding: chunked\r\nContent-Length: 0\r\nHost: localhost\r\n";
        let request = format!("GET / HTTP/1.1\r\n{headers}\r\n");
        assert_refused(&mut Client::connect(address), request, "HTTP/1.1 400 Bad Request");
    });
}

/// Eventlet has a switch that has such requests accepted. Here there is none: nothing makes them safe.
#[test]
fn content_length_and_transfer_encoding_escape_hatch() {
    while_serving(Server::new(hello_world).debug(true), |address| {
        let headers = "Transfer-Encoding: chunked\r\nContent-Length: 0\r\nHost: localhost\r\n";
        let request = format!("GET /a HTTP/1.1\r\n{headers}\r\n0\r\n\r\n");
        assert_refused(&mut Client::connect(address), request, "HTTP/1.1 400 Bad Request");
    });
}

#[test]
fn no_content_length_or_transfer_encoding() {
    while_serving(Server::new(echo), |address| {
        let mut client = Client::connect(address);
        for _ in 0..2 {
            let reply = client.get("/");
            assert_eq!((reply.status(), reply.text()), (200, ""));
        }
    });
}
