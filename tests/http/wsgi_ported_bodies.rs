//! Eventlet's tests of `wsgi`: the bodies of responses, and how they are framed.

use std::io::{self, Write};

use eventlet::http::{BodyWriter, Request, Response, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::{start_server, while_serving};
use eventlet_tests::check;

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const GET_AND_CLOSE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn pieces<const N: usize>(pieces: [&'static str; N]) -> Response {
    Response::stream(pieces.map(Ok))
}

fn chunked_app(_: &mut Request) -> Response {
    pieces(["this", "is", "chunked"])
}

#[test]
fn _009_chunked_response() {
    while_serving(Server::new(chunked_app), |address| {
        let reply = Client::connect(address).ask(GET_AND_CLOSE);
        assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
        assert_eq!((reply.text(), reply.is_whole), ("thisischunked", true));
    });
}

#[test]
fn _010_no_chunked_http_1_0() {
    while_serving(Server::new(chunked_app), |address| {
        let request = "GET / HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let reply = Client::connect(address).ask(request);
        assert_eq!(reply.header("transfer-encoding"), None);
        assert_eq!(reply.text(), "thisischunked");
    });
}

#[test]
fn _011_multiple_chunks() {
    let big_chunks =
        |_: &mut Request| Response::stream(std::iter::repeat_with(|| Ok([b'a'; 8192])).take(10));
    while_serving(Server::new(big_chunks), |address| {
        let mut client = Client::connect(address);
        client.send(GET_AND_CLOSE);
        assert_eq!(client.head().header("transfer-encoding"), Some("chunked"));
        let mut sizes = Vec::new();
        while let Some(chunk) = client.next_chunk().filter(|chunk| !chunk.is_empty()) {
            sizes.push(chunk.len());
        }
        assert!(sizes.len() > 1, "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 81_920);
        assert_eq!(client.rest(), b"");
    });
}

/// A connection that takes little at a time is one whose buffers are full.
#[test]
fn partial_writes_are_handled() {
    const SIZE: usize = 20_000_000;
    let app = |_: &mut Request| {
        let body: Vec<_> = (0..SIZE).map(|n| (n % 251) as u8).collect();
        Response::bytes(body)
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send(GET);
        assert_eq!(client.head().header("content-length"), Some("20000000"));
        for start in (0..SIZE).step_by(10_000) {
            let piece = client.bytes(10_000);
            assert!(piece.iter().zip(start..).all(|(&byte, n)| byte == (n % 251) as u8));
        }
    });
}

#[test]
fn _015_write() {
    fn write(out: &mut BodyWriter<'_>) -> io::Result<()> {
        out.write_all(b"abcde")
    }
    let use_write = |request: &mut Request| match request.raw_path() {
        "/a" => Response::written_by(write).with_header("content-length", "5"),
        _ => Response::written_by(write),
    };
    while_serving(Server::new(use_write), |address| {
        let counted = Client::connect(address).get("/a");
        assert_eq!(counted.header("content-length"), Some("5"));
        assert_eq!(counted.header("transfer-encoding"), None);
        assert_eq!(counted.text(), "abcde");
        let chunked = Client::connect(address).get("/b");
        assert_eq!(chunked.header("content-length"), None);
        assert_eq!(chunked.header("transfer-encoding"), Some("chunked"));
        assert_eq!(chunked.text(), "abcde");
    });
}

#[test]
fn close_chunked_with_1_0_client() {
    while_serving(Server::new(chunked_app), |address| {
        let mut client = Client::connect(address);
        let reply =
            client.ask("GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
        assert_eq!(reply.header("connection"), Some("close"));
        assert_eq!(reply.header("transfer-encoding"), None);
        assert_eq!(reply.text(), "thisischunked");
    });
}

#[test]
fn chunked_response_when_app_yields_empty_string() {
    let app = |_: &mut Request| pieces(["stuff", "", "more stuff"]).with_min_chunk_size(0);
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send(GET_AND_CLOSE);
        assert_eq!(client.head().header("transfer-encoding"), Some("chunked"));
        assert_eq!(client.rest(), b"5\r\nstuff\r\na\r\nmore stuff\r\n0\r\n\r\n");
    });
}

/// There are no classes; one server's setting is not another one's.
#[test]
fn minimum_chunk_size_parameter_leaves_httpprotocol_class_member_intact() {
    check(|| {
        let (eager, eager_address) = start_server(Server::new(chunked_app).min_chunk_size(1));
        let (usual, usual_address) = start_server(Server::new(chunked_app));
        for (address, n_chunks) in [(eager_address, 3), (usual_address, 1), (eager_address, 3)] {
            let mut client = Client::connect(address);
            client.send(GET_AND_CLOSE);
            client.head();
            let chunks = std::iter::from_fn(|| client.next_chunk());
            assert_eq!(chunks.take_while(|chunk| !chunk.is_empty()).count(), n_chunks);
        }
        eager.stop();
        usual.stop();
    });
}

#[test]
fn error_in_chunked_closes_connection() {
    let app = |_: &mut Request| {
        Response::stream([
            Ok("The dwarves of yore made mighty spells,"),
            Ok("While hammers fell like ringing bells"),
            Err(io::Error::other("the back-end fails")),
            Ok("In places deep, where dark things sleep,"),
        ])
    };
    while_serving(Server::new(app).min_chunk_size(1), |address| {
        let mut client = Client::connect(address);
        client.send(GET);
        let head = client.head();
        assert_eq!(head.status_line, "HTTP/1.1 200 OK");
        assert_eq!(head.header("transfer-encoding"), Some("chunked"));
        let sent = String::from_utf8(client.rest()).unwrap();
        let expected = "27\r\nThe dwarves of yore made mighty spells,\r\n\
                        25\r\nWhile hammers fell like ringing bells\r\n";
        assert_eq!(sent, expected);
    });
}

#[test]
fn zero_length_chunked_response() {
    while_serving(Server::new(|_: &mut Request| pieces([""])), |address| {
        let mut client = Client::connect(address);
        client.send(GET_AND_CLOSE);
        assert_eq!(client.head().header("transfer-encoding"), Some("chunked"));
        assert_eq!(client.rest(), b"0\r\n\r\n");
    });
}

#[test]
fn no_transfer_encoding_in_empty_response() {
    let app = |request: &mut Request| match request.raw_path() {
        "/304" => pieces([""]).with_status(304),
        _ => pieces([""]).with_status(204),
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        let host = "Host: localhost\r\n";
        let asks = [
            (format!("DELETE /foo HTTP/1.1\r\n{host}Connection: keep-alive\r\n\r\n"), 204),
            (format!("GET /304 HTTP/1.1\r\n{host}\r\n"), 304),
            (format!("DELETE /foo HTTP/1.1\r\n{host}\r\n"), 204),
        ];
        for (request, status) in asks {
            let reply = client.ask(&request);
            assert_eq!(reply.status(), status);
            assert_eq!(reply.header("transfer-encoding"), None);
            assert_eq!(reply.header("content-length"), None);
            // It is told to clients that have asked.
            let asked = request.contains("keep-alive").then_some("keep-alive");
            assert_eq!(reply.header("connection"), asked);
        }
    });
}

#[test]
fn unicode_with_only_ascii_characters_works() {
    while_serving(Server::new(|_: &mut Request| pieces(["oh hai, ", "xxx"])), |address| {
        assert_eq!(Client::connect(address).ask(GET_AND_CLOSE).text(), "oh hai, xxx");
    });
}

/// A text of Rust's is UTF-8, and is sent as that.
#[test]
fn unicode_with_nonascii_characters_raises_error() {
    while_serving(Server::new(|_: &mut Request| pieces(["oh hai, ", "xxx \u{230}"])), |address| {
        let reply = Client::connect(address).ask(GET_AND_CLOSE);
        assert_eq!((reply.status(), reply.text()), (200, "oh hai, xxx \u{230}"));
    });
}
