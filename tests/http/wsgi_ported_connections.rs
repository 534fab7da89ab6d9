//! Eventlet's tests of `wsgi`: requests one after the other, and whether the connection goes on.

use std::io::{self, Read};
use std::rc::Rc;
use std::time::Duration;

use eventlet::GreenPool;
use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::while_serving;

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const GET_AND_CLOSE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const GET_1_0: &str = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
const GET_1_0_AND_KEEP: &str =
    "GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";

fn hello_world(request: &mut Request) -> Response {
    match request.raw_path() {
        "/notexist" => Response::text("not found").with_status(404),
        _ => Response::text("hello world"),
    }
}

/// The body, whatever the request.
fn echo(request: &mut Request) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    request.read_to_end(&mut body)?;
    Ok(body)
}

#[test]
fn _001_server() {
    while_serving(Server::new(hello_world), |address| {
        let mut client = Client::connect(address);
        client.send(GET_1_0);
        let answer = String::from_utf8(client.rest()).unwrap();
        // It says the highest version that it knows.
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nhello world"), "{answer}");
    });
}

#[test]
fn _002_keepalive() {
    while_serving(Server::new(hello_world), |address| {
        let mut client = Client::connect(address);
        for _ in 0..2 {
            assert_eq!(client.ask(GET).text(), "hello world");
        }
    });
}

#[test]
fn _004_close_keepalive() {
    while_serving(Server::new(hello_world), |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.ask(GET).status(), 200);
        let last = client.ask(GET_AND_CLOSE);
        assert_eq!((last.status(), last.header("connection")), (200, Some("close")));
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn _007_get_arg() {
    let app = |request: &mut Request| -> io::Result<String> {
        let body = String::from_utf8(echo(request)?).map_err(io::Error::other)?;
        let argument = body.strip_prefix("a=").unwrap_or("1").to_owned();
        Ok(format!("a is {argument}, body is {body}"))
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        let request = "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=a";
        // What follows is not the application's.
        client.send(format!("{request}01234567890123456789"));
        assert_eq!(client.reply().text(), "a is a, body is a=a");
    });
}

#[test]
fn _008_correctresponse() {
    while_serving(Server::new(hello_world), |address| {
        let mut client = Client::connect(address);
        let statuses = ["/", "/notexist", "/"].map(|path| client.get(path).status());
        assert_eq!(statuses, [200, 404, 200]);
    });
}

#[test]
fn _018_http_10_keepalive() {
    while_serving(Server::new(hello_world), |address| {
        let mut client = Client::connect(address);
        for _ in 0..2 {
            let reply = client.ask(GET_1_0_AND_KEEP);
            assert_eq!((reply.status(), reply.header("connection")), (200, Some("keep-alive")));
        }
    });
}

/// Eventlet closes the connection after a body of HTTP/1.0 for which `100-continue` was expected; that
/// version has no such thing, and here the header is without effect.
#[test]
fn _018b_http_10_keepalive_framing() {
    // The application never looks at the bodies.
    let app = |request: &mut Request| match request.raw_path() {
        "/1" => "first response".to_owned(),
        "/2" => "second response".to_owned(),
        "/3" => "third response".to_owned(),
        path => format!("Unexpected path: {path}"),
    };
    while_serving(Server::new(app), |address| {
        let body = "GET /tricksy HTTP/1.1\r\n";
        let put = |path: &str, headers: &str| {
            format!("PUT {path} HTTP/1.0\r\nHost: localhost\r\n{headers}\r\n")
        };
        let sized = format!("Connection: keep-alive\r\nContent-Length: {}\r\n", body.len());
        let mut client = Client::connect(address);
        let first = client.ask(put("/1", &sized) + body);
        assert_eq!(first.text(), "first response");
        assert_eq!(first.header("connection"), Some("keep-alive"));

        let second = client.ask(put("/2", &(sized + "Expect: 100-continue\r\n")) + body);
        assert_eq!(second.text(), "second response");
        assert_eq!(second.header("connection"), Some("keep-alive"));

        let third = client.ask(put("/3", "Connection: close\r\n"));
        assert_eq!(third.text(), "third response");
        assert_eq!(third.header("connection"), Some("close"));
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn _022_custom_pool() {
    let pool = Rc::new(GreenPool::new(5));
    let theirs = pool.clone();
    let app = move |request: &mut Request| {
        let text = format!("{} of {}", theirs.running(), 5 - theirs.free());
        assert_eq!(request.raw_path(), "/");
        text
    };
    while_serving(Server::new(app).pool(pool.clone()), |address| {
        let mut client = Client::connect(address);
        client.send(GET_1_0);
        assert_eq!(client.reply().text(), "1 of 1");
        pool.wait_all();
        assert_eq!(pool.running(), 0);
    });
}

#[test]
fn _026_http_10_nokeepalive() {
    while_serving(Server::new(hello_world).no_keep_alive(), |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.ask(GET_1_0_AND_KEEP).header("connection"), Some("close"));
        assert_eq!(client.next_reply(), None);
    });
}

/// A time of zero is no keep-alive, as it is for Eventlet.
#[test]
fn _026b_http_10_zero_keepalive() {
    while_serving(Server::new(hello_world).keep_alive(Duration::ZERO), |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.ask(GET_1_0_AND_KEEP).header("connection"), Some("close"));
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn _027_keepalive_chunked() {
    while_serving(Server::new(echo), |address| {
        let mut client = Client::connect(address);
        let suffix = "Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
                      10\r\n0123456789abcdef\r\n0\r\n\r\n";
        for path in ["/a", "/b", "/c", "/a"] {
            let reply = client.ask(format!("PUT {path} HTTP/1.1\r\n{suffix}"));
            assert_eq!(reply.text(), "0123456789abcdef");
        }
    });
}

#[test]
fn iterable_app_keeps_socket_open_unless_connection_close_sent() {
    let app = |_: &mut Request| Response::stream(std::iter::empty::<io::Result<&[u8]>>());
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        let first = client.ask(GET);
        assert_eq!((first.status(), first.header("connection")), (200, None));

        client.send(GET_AND_CLOSE);
        let last = client.head();
        assert_eq!(last.status(), 200);
        // It still comes in chunks.
        assert_eq!(last.header("transfer-encoding"), Some("chunked"));
        assert_eq!(client.rest(), b"0\r\n\r\n");
    });
}
