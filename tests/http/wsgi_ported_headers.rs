//! Eventlet's tests of `wsgi`: headers of requests and responses.

use std::time::Duration;

use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::client::{Client, Head};
use eventlet_http_tests::site::while_serving;

/// The name of a header as it was sent.
fn name_sent<'a>(head: &'a Head, name: &str) -> Option<&'a str> {
    let mut names = head.headers.iter().map(|(name, _)| name.as_str());
    names.find(|sent| sent.eq_ignore_ascii_case(name))
}

/// Names that are not ASCII cannot be set, and the reason after the status is the usual one.
#[test]
fn header_name_capitalization() {
    let app = |_: &mut Request| Response::new(200).with_header("sOMe-WEirD", "cAsE");
    while_serving(Server::new(app), |address| {
        let reply = Client::connect(address).get("/");
        assert_eq!(reply.head.status_line, "HTTP/1.1 200 OK");
        assert_eq!(name_sent(&reply.head, "some-weird"), Some("Some-Weird"));
        assert_eq!(reply.header("some-weird"), Some("cAsE"));
    });
}

/// Names have no case of their own here: without capitals they are small.
#[test]
fn disable_header_name_capitalization() {
    let app = |_: &mut Request| Response::new(200).with_header("eTAg", "TAg-VAluE");
    while_serving(Server::new(app).capitalize_headers(false), |address| {
        let reply = Client::connect(address).get("/");
        assert_eq!(name_sent(&reply.head, "etag"), Some("etag"));
        assert_eq!(name_sent(&reply.head, "date"), Some("date"));
        assert_eq!(reply.header("etag"), Some("TAg-VAluE"));
    });
}

#[test]
fn headers_raw() {
    let app = |request: &mut Request| {
        let lines = request
            .raw_headers()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)));
        lines.collect::<Vec<_>>().join("\n")
    };
    while_serving(Server::new(app), |address| {
        let headers = "Host: localhost\r\nx-ANY_k: one\r\nx-ANY_k: two\r\n";
        let reply = Client::connect(address).ask(format!("GET / HTTP/1.1\r\n{headers}\r\n"));
        assert_eq!(reply.text(), "Host: localhost\nx-ANY_k: one\nx-ANY_k: two");
    });
}

/// Names with an underscore are dropped by Eventlet, since in an environment they could be mistaken for
/// others. Here a name is itself and no other one.
#[test]
fn env_headers() {
    let app = |request: &mut Request| {
        let mut lines: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        assert_eq!(request.header("x-any-k"), None);
        lines.join("\n")
    };
    while_serving(Server::new(app), |address| {
        let headers = "Host: localhost\r\npath-info: foo\r\nx-ANY_k: one\r\nhttp-x-ANY_k: two\r\n";
        let reply = Client::connect(address).ask(format!("GET / HTTP/1.1\r\n{headers}\r\n"));
        assert_eq!(
            reply.text(),
            "host: localhost\nhttp-x-any_k: two\npath-info: foo\nx-any_k: one"
        );
    });
}

#[test]
fn env_header_stripping() {
    let app = |request: &mut Request| {
        let mut lines: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| {
                [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat()
            })
            .collect();
        lines.sort();
        lines.concat()
    };
    while_serving(Server::new(app), |address| {
        let mut request = b"GET / HTTP/1.1\r\n\
            Host: localhost\r\n\
            spaced:   o   u   t   \r\n\
            trailing: tab\t\r\n"
            .to_vec();
        request.extend(b"trailing-nbsp: \xc2\xa0\r\nnull-set: \xe2\x88\x85\r\n\r\n");
        let reply = Client::connect(address).ask(request);
        assert_eq!(reply.status(), 200);
        let expected = b"host: localhost\nnull-set: \xe2\x88\x85\nspaced: o   u   t\n\
            trailing-nbsp: \xc2\xa0\ntrailing: tab\n";
        assert_eq!(reply.body, expected);
    });
}

#[test]
fn server_keepalive_sent_in_headers() {
    let server = Server::new(|_: &mut Request| "hello").keep_alive(Duration::from_millis(2500));
    while_serving(server, |address| {
        let mut client = Client::connect(address);
        let asking = "GET / HTTP/1.1\r\nConnection: keep-alive\r\nHost: localhost\r\n\r\n";
        let reply = client.ask(asking);
        assert_eq!(reply.header("connection"), Some("keep-alive"));
        assert_eq!(reply.header("keep-alive"), Some("timeout=2"));
        // Others know that it goes on.
        let reply = client.get("/");
        assert_eq!((reply.header("connection"), reply.header("keep-alive")), (None, None));
    });
}
