//! Eventlet's tests of `wsgi`: clients that ask before they send a body.

use std::io::{self, Read, Write};

use eventlet::http::{HeaderMap, Request, Response, Server};
use eventlet::sleep;
use eventlet_http_tests::client::{Client, Head};
use eventlet_http_tests::site::while_serving;
use eventlet_tests::ms;

/// Headers of a `100 Continue`.
fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    pairs.collect()
}

/// Refuses what is large without reading it, and otherwise reads it after `prepare`.
fn echo_small(
    request: &mut Request,
    prepare: impl FnOnce(&mut Request) -> io::Result<()>,
) -> io::Result<Response> {
    if request.content_length() > Some(1024) {
        return Ok(Response::text("failure").with_status(417));
    }
    prepare(request)?;
    let mut body = Vec::new();
    request.read_to_end(&mut body)?;
    Ok(Response::bytes(body))
}

fn put(length: usize, expectation: &str, body: &str) -> String {
    let headers = format!("Host: localhost\r\nContent-length: {length}\r\nExpect: {expectation}");
    format!("PUT / HTTP/1.1\r\n{headers}\r\n\r\n{body}")
}

/// Asserts that the body is not asked for.
fn assert_large_fails(client: &mut Client) {
    let reply = client.ask(put(1025, "100-continue", ""));
    assert_eq!(reply.head.status_line, "HTTP/1.1 417 Expectation Failed");
    assert_eq!((reply.header("connection"), reply.text()), (Some("close"), "failure"));
}

fn assert_continues(head: &Head, headers: &[(&str, &str)]) {
    assert_eq!(head.status_line, "HTTP/1.1 100 Continue");
    let sent: Vec<_> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(sent, headers);
}

#[test]
fn _024_expect_100_continue() {
    let app = |request: &mut Request| echo_small(request, |_| Ok(()));
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        assert_large_fails(&mut client);
        // The client may send it all the same, but not for ever.
        let mut stream = client.stream();
        stream.write_all(&[b'x'; 25]).unwrap();
        let much = vec![b'x'; 1 << 18];
        while stream.write_all(&much).is_ok() {
            sleep(ms(10));
        }

        let mut client = Client::connect(address);
        for expectation in ["100-continue", "100-Continue"] {
            client.send(put(7, expectation, "testing"));
            assert_continues(&client.head(), &[]);
            let reply = client.reply();
            assert_eq!((reply.status(), reply.header("connection")), (200, None));
            assert_eq!(reply.text(), "testing");
        }
    });
}

/// The headers are sent when they are given, which Eventlet does when the body is read.
#[test]
fn _024a_expect_100_continue_with_headers() {
    let app = |request: &mut Request| {
        let names = [
            ("hundred-continue-header-1", "H1"),
            ("hundred-continue-header-2", "H2"),
            ("hundred-continue-header-k", "Hk"),
        ];
        echo_small(request, |request| request.send_continue(&headers(&names)))
    };
    while_serving(Server::new(app), |address| {
        assert_large_fails(&mut Client::connect(address));
        let mut client = Client::connect(address);
        client.send(put(7, "100-continue", "testing"));
        let expected = [
            ("Hundred-Continue-Header-1", "H1"),
            ("Hundred-Continue-Header-2", "H2"),
            ("Hundred-Continue-Header-K", "Hk"),
        ];
        assert_continues(&client.head(), &expected);
        assert_eq!(client.reply().text(), "testing");
    });
}

/// Reads a body of two messages, and asks for each of them.
fn two_messages(request: &mut Request) -> io::Result<Vec<u8>> {
    let (first, second) = ([("first", "1"), ("also", "1")], [("second", "2")]);
    request.send_continue(&headers(&first))?;
    let mut text = vec![0; "first message".len()];
    request.read_exact(&mut text)?;
    request.send_continue(&headers(&second))?;
    request.read_to_end(&mut text)?;
    Ok(text)
}

fn assert_asked_twice(client: &mut Client, framing: &str, messages: [&str; 2]) {
    client.send(format!(
        "PUT /a HTTP/1.1\r\nHost: localhost\r\n{framing}\r\nExpect: 100-continue\r\n\r\n"
    ));
    assert_continues(&client.head(), &[("First", "1"), ("Also", "1")]);
    client.send(messages[0]);
    assert_continues(&client.head(), &[("Second", "2")]);
    client.send(messages[1]);
    assert_eq!(client.reply().text(), "first message, second message");
}

/// In Eventlet's test the body ends after the first message, and another one follows. Here it is one
/// body: what follows its end is a request.
#[test]
fn _024b_expect_100_continue_with_headers_multiple_chunked() {
    while_serving(Server::new(two_messages), |address| {
        let first = "5\r\nfirst\r\n8\r\n message\r\n";
        let second = "8\r\n, second\r\n8\r\n message\r\n0\r\n\r\n";
        let mut client = Client::connect(address);
        assert_asked_twice(&mut client, "Transfer-Encoding: chunked", [first, second]);
        assert_eq!(client.get("/").status(), 500, "there are no messages in it");
    });
}

#[test]
fn _024c_expect_100_continue_with_headers_multiple_nonchunked() {
    while_serving(Server::new(two_messages), |address| {
        let mut client = Client::connect(address);
        let messages = ["first message", ", second message"];
        assert_asked_twice(&mut client, "Content-Length: 29", messages);
    });
}

/// What the application's response reads of the body is not asked for any more.
#[test]
fn _024d_expect_100_continue_with_eager_app_chunked() {
    let app = |_: &mut Request| {
        let eager = Response::written_by(|body| {
            body.write_all(b" ")?;
            let mut text = Vec::new();
            body.read_to_end(&mut text)?;
            body.write_all(b" ")?;
            body.write_all(b"\n503 Service Unavailable\n\nOops!\n")?;
            body.write_all(&text)
        });
        eager.with_status(202).with_min_chunk_size(0)
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        let framing = "Transfer-Encoding: chunked\r\nExpect: 100-continue";
        client.send(format!("PUT /a HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n"));
        let head = client.head();
        assert_eq!(head.status_line, "HTTP/1.1 202 Accepted");
        assert_eq!(head.header("connection"), Some("close"));
        assert_eq!(client.next_chunk().unwrap(), b" ");
        client.send("9\r\nsome data\r\n0\r\n\r\n");
        assert_eq!(client.next_chunk().unwrap(), b" ");
        assert_eq!(client.next_chunk().unwrap(), b"\n503 Service Unavailable\n\nOops!\n");
        assert_eq!(client.next_chunk().unwrap(), b"some data");
        assert_eq!(client.next_chunk().unwrap(), b"");
        assert_eq!(client.next_reply(), None);
    });
}
