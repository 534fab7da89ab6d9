//! Eventlet's tests of `wsgi`: how an application reads the body of a request.

use std::cell::Cell;
use std::io::{self, BufRead, ErrorKind, Read};
use std::net::SocketAddr;
use std::rc::Rc;

use eventlet::Event;
use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::while_serving;
use eventlet_tests::ms;

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

fn post(path: &str, chunks: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")
}

#[test]
fn _014_chunked_post() {
    let app = |request: &mut Request| -> io::Result<Vec<u8>> {
        let size = match request.raw_path() {
            "/a" => 1 << 20,
            "/b" => 4096,
            _ => 1,
        };
        let (mut body, mut buf) = (Vec::new(), vec![0; size]);
        loop {
            match request.read(&mut buf)? {
                0 => return Ok(body),
                n => body.extend(&buf[..n]),
            }
        }
    };
    while_serving(Server::new(app), |address| {
        for path in ["/a", "/b", "/c"] {
            let chunks = [chunk("oh"), chunk(" hai"), chunk("")].concat();
            let reply = Client::connect(address).ask(post(path, &chunks));
            assert_eq!(reply.text(), "oh hai");
        }
    });
}

/// What has come is had at once, and not byte by byte.
#[test]
fn _032_wsgi_input_as_iterable() {
    let n_pieces = Rc::new(Cell::new(0));
    let counted = n_pieces.clone();
    let app = move |request: &mut Request| -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let piece = request.fill_buf()?;
            if piece.is_empty() {
                return Ok(body);
            }
            body.extend(piece);
            let n = piece.len();
            request.consume(n);
            counted.set(counted.get() + 1);
        }
    };
    while_serving(Server::new(app), |address| {
        let text = "123456789abcdef".repeat(100);
        let head = format!("POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: {}", text.len());
        let reply = Client::connect(address).ask(format!("{head}\r\n\r\n{text}"));
        assert_eq!(reply.text(), text);
        assert_eq!(n_pieces.get(), 1);
    });
}

/// Sends the beginning of a chunked body and goes; says how reading it failed.
fn aborted(chunks: &str) -> ErrorKind {
    let seen = Rc::new(Event::new());
    let event = seen.clone();
    let app = move |request: &mut Request| {
        let failed = io::copy(&mut request.by_ref(), &mut io::sink()).unwrap_err();
        event.send(failed.kind());
        "ok"
    };
    let mut kind = None;
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send(post("/somefile", chunks));
        drop(client);
        kind = Some(seen.wait().unwrap());
    });
    kind.unwrap()
}

#[test]
fn aborted_chunked_post() {
    assert_eq!(aborted("def\r\na bunch of stuff"), ErrorKind::UnexpectedEof);
}

#[test]
fn aborted_chunked_post_between_chunks() {
    let chunks = format!("db\r\n{}", "A".repeat(0xdb));
    assert_eq!(aborted(&chunks), ErrorKind::UnexpectedEof);
}

#[test]
fn aborted_chunked_post_bad_chunks() {
    assert_eq!(aborted("cats\r\nlook here is some data for you"), ErrorKind::InvalidData);
}

/// The application answers without having read, and the client does not send what it has promised.
#[test]
fn aborted_post_io_error() {
    let ended = Rc::new(Event::new());
    let event = ended.clone();
    let app = move |request: &mut Request| {
        let event = event.clone();
        request.on_end(move |_| event.send(()));
        "ok"
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send(post("/somefile", "20\r\nnot 32 bytes"));
        drop(client);
        ended.wait().unwrap();
        assert_eq!(Client::connect(address).get("/").text(), "ok");
    });
}

/// The chunks that most of Eventlet's tests send, with something behind each size.
fn body(behind: &str) -> String {
    let pieces = ["this", " is ", "chunked", "\nline", " 2", "\n", "line3", ""];
    pieces.map(|text| format!("{:x}{behind}\r\n{text}\r\n", text.len())).concat()
}

/// The application of those tests.
fn reader(request: &mut Request) -> io::Result<Response> {
    let mut text = String::new();
    match request.raw_path() {
        "/short-read" => {
            request.by_ref().take(10).read_to_string(&mut text)?;
        }
        "/lines" => {
            let lines: io::Result<Vec<_>> = request.split(b'\n').collect();
            text = String::from_utf8_lossy(&lines?.join(&b'\n')).into_owned();
        }
        "/readline" => {
            let mut n_lines = 0;
            while request.read_line(&mut text)? > 0 {
                n_lines += 1;
            }
            text += &format!("\nread {n_lines} lines");
        }
        "/readlines" => {
            let lines = request.lines().collect::<io::Result<Vec<_>>>()?;
            text = format!("{}\nread {} lines", lines.join("\n"), lines.len());
        }
        _ => {
            io::copy(&mut request.by_ref(), &mut io::sink())?;
            text = "pong".into();
        }
    }
    let pieces = Some(Ok(text.clone()));
    Ok(if request.query() == Some("streamed") {
        Response::stream(pieces)
    } else {
        Response::text(text)
    })
}

fn assert_pong(client: &mut Client) {
    assert_eq!(client.get("/ping").text(), "pong");
}

/// The application reads less than there is; the next request is found all the same.
fn assert_short_read(address: SocketAddr, path: &str) {
    let mut client = Client::connect(address);
    assert_eq!(client.ask(post(path, &body(""))).text(), "this is ch");
    assert_pong(&mut client);
}

/// The response has a length.
#[test]
fn short_read_with_content_length() {
    while_serving(Server::new(reader), |address| assert_short_read(address, "/short-read"));
}

/// Nothing is read at all.
#[test]
fn short_read_with_zero_content_length() {
    while_serving(Server::new(|_: &mut Request| ()), |address| {
        let mut client = Client::connect(address);
        let reply = client.ask(post("/short-read", &body("")));
        assert_eq!((reply.header("content-length"), reply.text()), (Some("0"), ""));
        assert_eq!(client.get("/ping").status(), 200);
    });
}

/// The response comes in chunks.
#[test]
fn short_read() {
    while_serving(Server::new(reader), |address| {
        assert_short_read(address, "/short-read?streamed")
    });
}

/// Eventlet puts up with anything behind a chunk's size. Here it must be an extension.
#[test]
fn dirt() {
    while_serving(Server::new(reader), |address| {
        let mut client = Client::connect(address);
        let reply = client.ask(post("/ping", &body("; here is dirt\0bla")));
        assert_eq!((reply.status(), reply.header("connection")), (400, Some("close")));
        assert_eq!(client.next_reply(), None);

        let mut client = Client::connect(address);
        assert_eq!(client.ask(post("/ping", &body("; here=\"is dirt\"; bla"))).text(), "pong");
        assert_pong(&mut client);
    });
}

fn assert_read(path: &str, expected: &str) {
    while_serving(Server::new(reader), |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.ask(post(path, &body(""))).text(), expected);
        assert_pong(&mut client);
    });
}

#[test]
fn chunked_readline() {
    assert_read("/lines", "this is chunked\nline 2\nline3");
}

#[test]
fn chunked_readline_from_input() {
    assert_read("/readline", "this is chunked\nline 2\nline3\nread 3 lines");
}

#[test]
fn chunked_readlines_from_input() {
    assert_read("/readlines", "this is chunked\nline 2\nline3\nread 3 lines");
}

/// Answers with two spaces, the second when the event is sent.
fn spaces(go_on: &Rc<Event<()>>, min_chunk: Option<usize>) -> Response {
    let go_on = go_on.clone();
    let pieces = (0..2).map(move |n| {
        if n == 1 {
            go_on.wait().unwrap();
        }
        Ok(" ")
    });
    let response = Response::stream(pieces).with_header("content-length", "2");
    match min_chunk {
        Some(bytes) => response.with_min_chunk_size(bytes),
        None => response,
    }
}

const POST: &str = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";

/// Whether nothing comes for a while.
fn is_silent(client: &mut Client) -> bool {
    client.stream().set_read_timeout(Some(ms(50))).unwrap();
    let silent =
        client.stream().read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    client.stream().set_read_timeout(Some(ms(20_000))).unwrap();
    silent
}

#[test]
fn chunked_readline_wsgi_override_minimum_chunk_size() {
    let go_on = Rc::new(Event::new());
    let event = go_on.clone();
    let app = move |_: &mut Request| spaces(&event, Some(1));
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send(POST);
        assert_eq!(client.head().header("content-length"), Some("2"));
        assert_eq!(client.bytes(1), b" ");
        assert!(is_silent(&mut client));
        go_on.send(());
        assert_eq!(client.bytes(1), b" ");
    });
}

#[test]
fn chunked_readline_wsgi_not_override_minimum_chunk_size() {
    let go_on = Rc::new(Event::new());
    let event = go_on.clone();
    let app = move |_: &mut Request| spaces(&event, None);
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send(POST);
        assert!(is_silent(&mut client));
        go_on.send(());
        assert_eq!(client.reply().text(), "  ");
    });
}
