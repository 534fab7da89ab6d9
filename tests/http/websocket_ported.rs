//! Eventlet's tests `websocket` and `websocket_new`, as far as they are about version 13.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::green::os::unix::net::UnixStream;
use eventlet::green::ssl::{Acceptor, Connector};
use eventlet::http::{Request, Response, Running, Server};
use eventlet::websocket::{self, CloseCode, Config, Message, WebSocket};
use eventlet::{Event, sleep, spawn, with_timeout};
use eventlet_http_tests::site::start;
use eventlet_http_tests::websocket::{CLOSE, RawFrame, TEXT, masked, read_frame, read_head};
use eventlet_tests::{check, ms};
use std::net::SocketAddr;

/// Sending much more over the loopback would take long.
const MAX_FRAME: usize = 50_000;

/// What Eventlet's tests serve.
fn handle(ws: &WebSocket) -> io::Result<()> {
    match ws.path() {
        "/echo" => ws.messages().try_for_each(|message| ws.send(message)),
        "/range" => {
            for i in 0..10 {
                ws.send(format!("msg {i}"))?;
                sleep(ms(1));
            }
            Ok(())
        }
        // Some error that should not happen.
        "/error" => Err(io::Error::from_raw_os_error(libc::ENOTSOCK)),
        _ => {
            ws.close(CloseCode::NORMAL, "");
            Ok(())
        }
    }
}

fn site(request: &mut Request) -> Response {
    Config::new().max_frame(MAX_FRAME).upgrade(request, handle)
}

/// How handlers have ended.
type Ends = Rc<RefCell<Option<io::Result<()>>>>;

/// Serves the same, and tells how the handler of a request has ended.
fn watched() -> (Running, SocketAddr, Event<()>, Ends) {
    let (done, ends) = (Event::new(), Ends::default());
    let (their_done, their_ends) = (done.clone(), ends.clone());
    let (running, address) = start(move |request: &mut Request| {
        let (done, ends) = (their_done.clone(), their_ends.clone());
        websocket::upgrade(request, move |ws| {
            let result = handle(ws);
            let is_error = result.is_err();
            ends.replace(Some(result));
            done.send(());
            if is_error { Err("it has failed") } else { Ok(()) }
        })
    });
    (running, address, done, ends)
}

fn request(path: &str, address: SocketAddr, lines: &[&str]) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n");
    lines.iter().fold(head, |head, line| head + line + "\r\n") + "\r\n"
}

const UPGRADE: [&str; 4] = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: d9MXuOzlVQ0h+qRllvSCIg==",
];

/// Sends a request, and reads the head of the answer.
fn ask(address: SocketAddr, request: &str) -> (TcpStream, String) {
    let mut stream = eventlet::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let head = read_head(&mut stream);
    (stream, head)
}

/// Connects by hand.
fn connect(address: SocketAddr, path: &str) -> TcpStream {
    let (stream, head) = ask(address, &request(path, address, &UPGRADE));
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    stream
}

fn assert_bad(address: SocketAddr, lines: &[&str]) {
    let (stream, head) = ask(address, &request("/echo", address, lines));
    assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
    assert!(head.to_lowercase().contains("\r\nconnection: close\r\n"), "{head}");
    assert_eq!(io::read_to_string(stream).unwrap(), "");
}

fn frame(stream: &mut impl Read) -> Option<RawFrame> {
    read_frame(stream).unwrap().map(|(frame, _)| frame)
}

#[test]
fn incorrect_headers() {
    check(|| {
        let (server, address) = start(site);
        assert_bad(address, &[]);
        server.stop();
    });
}

/// Eventlet speaks draft 75. Here such a request is a bad one, whatever else it lacks.
#[test]
fn incomplete_headers_75() {
    check(|| {
        let (server, address) = start(site);
        assert_bad(address, &["Upgrade: WebSocket", "WebSocket-Protocol: ws"]);
        assert_bad(
            address,
            &["Upgrade: WebSocket", "Connection: Upgrade", "WebSocket-Protocol: ws"],
        );
        server.stop();
    });
}

/// Eventlet speaks draft 76. Here such a request is a bad one, whatever else it lacks.
#[test]
fn incomplete_headers_76() {
    check(|| {
        let (server, address) = start(site);
        assert_bad(address, &["Upgrade: WebSocket", "Sec-WebSocket-Protocol: ws"]);
        let key1 = "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5";
        let start = ["Upgrade: WebSocket", "Connection: Upgrade", "Sec-WebSocket-Protocol: ws"];
        assert_bad(address, &[&start[..], &[key1]].concat());
        let key2 = "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00";
        assert_bad(address, &[&start[..], &[key1, key2]].concat());
        server.stop();
    });
}

/// What the handler says it was asked for.
fn target_of(path: &'static str) -> String {
    let (server, address) =
        start(|request: &mut Request| websocket::upgrade(request, |ws| ws.send(ws.target())));
    let mut stream = connect(address, path);
    let target = String::from_utf8(frame(&mut stream).unwrap().payload).unwrap();
    drop(stream);
    server.stop();
    target
}

#[test]
fn query_string() {
    check(|| assert_eq!(target_of("/echo?query_string"), "/echo?query_string"));
}

#[test]
fn empty_query_string() {
    check(|| assert_eq!(target_of("/echo?"), "/echo?"));
}

#[test]
fn sending_messages_to_websocket_76() {
    check(|| {
        let (server, address) = start(site);
        let mut stream = connect(address, "/echo");
        stream.write_all(&masked(TEXT, true, b"hello")).unwrap();
        assert_eq!(frame(&mut stream).unwrap().payload, b"hello");
        let bytes = masked(TEXT, true, b"start end");
        stream.write_all(&bytes[..11]).unwrap();
        sleep(ms(1));
        stream.write_all(&bytes[11..]).unwrap();
        assert_eq!(frame(&mut stream).unwrap().payload, b"start end");
        drop(stream);
        server.stop();
    });
}

#[test]
fn getting_messages_from_websocket_76() {
    check(|| {
        let (server, address) = start(site);
        let expected: Vec<_> = (0..10).map(|i| format!("msg {i}")).collect();
        let mut stream = connect(address, "/range");
        let received: Vec<_> = (0..10).map(|_| frame(&mut stream).unwrap().payload).collect();
        assert_eq!(received, expected.iter().map(|text| text.as_bytes()).collect::<Vec<_>>());
        drop(stream);
        server.stop();
    });
}

fn assert_breaking_is_no_error(path: &str) {
    let (server, address, done, ends) = watched();
    // Closed while the handler runs.
    drop(connect(address, path));
    done.wait().unwrap();
    if let Some(Err(error)) = ends.take() {
        // The handler hears of it, the server does not complain.
        let kinds = [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset];
        assert!(kinds.contains(&error.kind()), "{error}");
    }
    server.stop();
}

#[test]
fn breaking_the_connection_76() {
    check(|| assert_breaking_is_no_error("/range"));
}

#[test]
fn breaking_the_connection_13() {
    check(|| assert_breaking_is_no_error("/echo"));
}

fn assert_closing_is_no_error() {
    let (server, address, done, ends) = watched();
    let mut stream = connect(address, "/echo");
    stream.write_all(&masked(CLOSE, true, &1000_u16.to_be_bytes())).unwrap();
    done.wait().unwrap();
    assert!(ends.take().unwrap().is_ok());
    assert_eq!(frame(&mut stream).unwrap().code(), Some(1000));
    server.stop();
}

#[test]
fn client_closing_connection_76() {
    check(assert_closing_is_no_error);
}

#[test]
fn client_closing_connection_13() {
    check(assert_closing_is_no_error);
}

/// In draft 76 this was an error of the handler's. It is the client's: the loop ends, and `closed`
/// says why.
#[test]
fn client_invalid_packet_76() {
    check(|| assert_invalid(b"\xef\x00"));
}

#[test]
fn client_invalid_packet_13() {
    check(|| assert_invalid(b"\x07\xff"));
}

fn assert_invalid(bytes: &[u8]) {
    let (server, address, done, ends) = watched();
    let mut stream = connect(address, "/echo");
    stream.write_all(bytes).unwrap();
    assert_eq!(frame(&mut stream).unwrap().code(), Some(1002));
    drop(stream);
    done.wait().unwrap();
    assert!(ends.take().unwrap().is_ok());
    server.stop();
}

#[test]
fn server_closing_connect_76() {
    check(|| {
        let (server, address) = start(site);
        let mut stream = connect(address, "/");
        assert_eq!(frame(&mut stream).unwrap().code(), Some(1000));
        drop(stream);
        server.stop();
    });
}

#[test]
fn app_socket_errors_76() {
    check(|| {
        let (server, address, done, ends) = watched();
        let mut stream = connect(address, "/error");
        done.wait().unwrap();
        assert_eq!(ends.take().unwrap().unwrap_err().raw_os_error(), Some(libc::ENOTSOCK));
        assert_eq!(frame(&mut stream).unwrap().code(), Some(1011));
        drop(stream);
        server.stop();
    });
}

#[test]
fn close_idle() {
    check(|| {
        let (server, address) = start(site);
        let mut stream = connect(address, "/echo");
        stream.write_all(&masked(TEXT, true, b"hello")).unwrap();
        assert_eq!(frame(&mut stream).unwrap().payload, b"hello");
        let client = spawn(move || {
            let close = frame(&mut stream).unwrap();
            // Eventlet just ends the connection.
            assert_eq!(close.code(), Some(1001));
            stream.write_all(&masked(CLOSE, true, &close.payload)).unwrap();
            assert_eq!(frame(&mut stream), None);
        });
        with_timeout(Duration::from_secs(5), || server.stop()).unwrap();
        client.wait().unwrap();
    });
}

#[test]
fn wrapped_wsgi() {
    check(|| {
        let (server, address) = start(|request: &mut Request| {
            let response = site(request);
            response.with_header("x-wrapped", "yes")
        });
        let (mut stream, head) = ask(address, &request("/range", address, &UPGRADE));
        assert!(head.contains("\r\nX-Wrapped: yes\r\n"), "{head}");
        for i in 0..10 {
            assert_eq!(frame(&mut stream).unwrap().payload, format!("msg {i}").as_bytes());
        }
        assert_eq!(frame(&mut stream).unwrap().code(), Some(1000));
        stream.write_all(&masked(CLOSE, true, &1000_u16.to_be_bytes())).unwrap();
        // Eventlet's server could have sent a response besides.
        assert_eq!(frame(&mut stream), None);
        server.stop();
    });
}

#[test]
fn ssl_sending_messages() {
    check(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/");
        let read = |name: &str| std::fs::read(folder.to_owned() + name).unwrap();
        let (certificate, key) = (read("localhost.pem"), read("localhost.key"));
        let acceptor = Acceptor::builder().certificate(&certificate, &key).build().unwrap();
        let connector = Connector::builder().ca(&certificate).build().unwrap();
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server::new(site).tls(acceptor).start(listener).unwrap();
        let url = format!("wss://localhost:{port}/echo");
        let ws = Config::new().connector(connector).connect(&url).unwrap();
        ws.send("hello").unwrap();
        assert_eq!(ws.recv(), Some(Message::from("hello")));
        ws.send("start end").unwrap();
        assert_eq!(ws.recv(), Some(Message::from("start end")));
        ws.close(CloseCode::NORMAL, "");
        assert_eq!(ws.closed().unwrap().code, CloseCode::NORMAL);
        // Whom this client does not know it does not talk to.
        assert!(websocket::connect(&url).is_err());
        server.stop();
    });
}

/// Both ends of a connection, the client's by hand.
fn pair() -> (WebSocket, UnixStream) {
    let (ws, client) = eventlet_http_tests::websocket::raw_client(&Config::new());
    (ws, client.stream)
}

#[test]
fn recieve() {
    check(|| {
        let (ws, mut stream) = pair();
        stream.write_all(&masked(TEXT, true, b"hello")).unwrap();
        assert_eq!(ws.recv().unwrap().text(), Some("hello"));
        drop(stream);
        assert_eq!(ws.recv(), None);
        assert_eq!(ws.recv(), None);
    });
}

#[test]
fn send_to_ws() {
    check(|| {
        let (ws, mut stream) = pair();
        ws.send("hello").unwrap();
        ws.send(10.to_string()).unwrap();
        let mut bytes = [0; 11];
        stream.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"\x81\x05hello\x81\x0210");
    });
}

#[test]
fn close_ws() {
    check(|| {
        let (ws, mut stream) = pair();
        let closer = spawn(move || ws.close(CloseCode::NORMAL, ""));
        assert_eq!(frame(&mut stream).unwrap().code(), Some(1000));
        stream.write_all(&masked(CLOSE, true, &1000_u16.to_be_bytes())).unwrap();
        assert_eq!(frame(&mut stream), None);
        closer.wait().unwrap();
    });
}

#[test]
fn incomplete_headers_13() {
    check(|| {
        let (server, address) = start(site);
        for missing in UPGRADE {
            let lines: Vec<_> = UPGRADE.into_iter().filter(|line| *line != missing).collect();
            assert_bad(address, &lines);
        }
        server.stop();
    });
}

#[test]
fn correct_upgrade_request_13() {
    check(|| {
        let (server, address) = start(site);
        for connection in ["Upgrade", "UpGrAdE", "keep-alive, Upgrade"] {
            let connection = format!("Connection: {connection}");
            let lines = [UPGRADE[0], &connection, UPGRADE[2], UPGRADE[3]];
            let (stream, head) = ask(address, &request("/echo", address, &lines));
            let mut lines: Vec<_> = head.trim_end().lines().collect();
            assert_eq!(lines.remove(0), "HTTP/1.1 101 Switching Protocols");
            // Eventlet has another order.
            lines.sort_unstable();
            assert_eq!(
                lines,
                [
                    "Connection: upgrade",
                    "Sec-Websocket-Accept: ywSyWXCPNsDxLrQdQrn5RFNRfBU=",
                    "Upgrade: websocket",
                ]
            );
            drop(stream);
        }
        server.stop();
    });
}

#[test]
fn send_recv_13() {
    check(|| {
        let (server, address) = start(site);
        let ws = websocket::connect(&format!("ws://{address}/echo")).unwrap();
        ws.send(b"hello").unwrap();
        assert_eq!(ws.recv(), Some(Message::from(b"hello")));
        ws.send(b"hello world!\x01").unwrap();
        ws.send("hello world again!").unwrap();
        assert_eq!(ws.recv(), Some(Message::from(b"hello world!\x01")));
        assert_eq!(ws.recv(), Some(Message::from("hello world again!")));
        ws.close(CloseCode::NORMAL, "");
        server.stop();
    });
}

#[test]
fn large_frame_size_uncompressed_13() {
    check(|| {
        let (server, address) = start(site);
        let ws = websocket::connect(&format!("ws://{address}/echo")).unwrap();
        let fits = vec![b'x'; MAX_FRAME];
        for _ in 0..2 {
            ws.send(fits.as_slice()).unwrap();
            assert_eq!(ws.recv(), Some(Message::from(fits.as_slice())));
        }
        ws.send(vec![b'x'; MAX_FRAME + 1]).unwrap();
        assert_eq!(ws.recv(), None);
        let close = ws.closed().unwrap();
        assert_eq!(close.code, CloseCode::TOO_BIG);
        assert_eq!(close.reason, "a frame of 50001 bytes is above the limit of 50000 bytes");
        server.stop();
    });
}
