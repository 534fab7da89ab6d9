//! Handshakes: what servers answer to requests, and what clients make of answers.

use std::io::{Read, Write};

use eventlet::debug::{now, pause_clock};
use eventlet::green::net::TcpStream;
use eventlet::green::os::unix::net::UnixStream;
use eventlet::websocket::{self, Config, HandshakeError, WebSocket};
use eventlet::{GreenThread, spawn};
use eventlet_http_tests::websocket::{REQUEST, RESPONSE, read_head};
use eventlet_tests::{check, ms};

/// What a server makes of a request, and what it answers.
fn answer_to(config: Config, request: &[u8]) -> (Result<WebSocket, HandshakeError>, String) {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let server = spawn(move || config.accept(ours));
    theirs.write_all(request).unwrap();
    let answer = read_head(&mut theirs);
    drop(theirs);
    (server.wait().unwrap(), answer)
}

/// The status of the answer to a request, of which one line is replaced.
fn status_with(config: &Config, line: &str, by: &str) -> u16 {
    assert!(REQUEST.contains(line), "{line:?} is not in the request");
    let (result, answer) = answer_to(config.clone(), REQUEST.replace(line, by).as_bytes());
    let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
    match &result {
        Ok(_) => assert_eq!(status, 101),
        Err(error) => {
            assert!(error.status().is_none_or(|known| known == status), "{error:?}");
            assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
        }
    }
    status
}

#[test]
fn right_requests_are_accepted() {
    check(|| {
        let (ws, answer) = answer_to(Config::new(), REQUEST.as_bytes());
        assert_eq!(answer, RESPONSE);
        let ws = ws.unwrap();
        assert_eq!((ws.path(), ws.version(), ws.header("HOST")), ("/echo", 13, Some("localhost")));
        let config = Config::new();
        for (line, by) in [
            ("Connection: Upgrade", "Connection: UpGrAdE"),
            ("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
            ("Connection: Upgrade", "Connection: keep-alive\r\nConnection: ,upgrade,"),
            ("Upgrade: websocket", "Upgrade: WebSocket"),
            ("Upgrade: websocket", "Upgrade: h2c, websocket"),
            ("Host: localhost", "host:  [::1]:80"),
            ("Version: 13", "Version: 8"),
            ("Host: localhost", "Host: localhost\r\nContent-Length: 0"),
            ("Host: localhost", "Host: localhost\r\nSec-WebSocket-Extensions: permessage-deflate"),
            ("GET /echo", "GET /echo?with=query"),
        ] {
            assert_eq!(status_with(&config, line, by), 101, "{by}");
        }
    });
}

#[test]
fn wrong_requests_are_answered_400() {
    check(|| {
        let config = Config::new();
        for (line, by) in [
            ("Connection: Upgrade\r\n", ""),
            ("Connection: Upgrade", "Connection: close"),
            ("Upgrade: websocket\r\n", ""),
            ("Upgrade: websocket", "Upgrade: websockets"),
            ("Host: localhost\r\n", ""),
            ("Host: localhost", "Host: localhost\r\nHost: elsewhere"),
            ("Host: localhost", "Host: localhost\r\nContent-Length: 1"),
            ("Host: localhost", "Host: localhost\r\nTransfer-Encoding: chunked"),
            ("Sec-WebSocket-Version: 13\r\n", ""),
            ("Version: 13", "Version: 13\r\nSec-WebSocket-Version: 8"),
            ("Sec-WebSocket-Key: d9MXuOzlVQ0h+qRllvSCIg==\r\n", ""),
            ("Key: d9MXuOzlVQ0h+qRllvSCIg==", "Key: d9MXuOzlVQ0h+qRllvSCIg="),
            ("Key: d9MXuOzlVQ0h+qRllvSCIg==", "Key: d9MXuOzlVQ0h+qRllvSCIh=="),
            ("Key: d9MXuOzlVQ0h+qRllvSCIg==", "Key: d9MXuOzl VQ0h+qRllvSCg=="),
            ("Key: d9MXuOzlVQ0h+qRllvSCIg==", "Key: dGhlIHNhbXBsZSBub25jZQAAAA=="),
            ("Key: d", "Key: d9MXuOzlVQ0h+qRllvSCIg==\r\nSec-WebSocket-Key: d"),
            ("GET /echo", "POST /echo"),
            ("HTTP/1.1", "HTTP/1.0"),
            ("HTTP/1.1", "HTTP/2.0"),
            ("GET /echo", "GET"),
            ("Host: localhost", "Host : localhost"),
            ("Host: localhost", "Host: local\u{1}host"),
            ("Host: localhost\r\n", "Host: localhost\r\n folded: yes\r\n"),
        ] {
            assert_eq!(status_with(&config, line, by), 400, "{by}");
        }
        let (result, answer) = answer_to(config, b"\x16\x03\x01\x02\x00 is no HTTP\r\n\r\n");
        assert!(result.is_err() && answer.starts_with("HTTP/1.1 400 "), "{answer}");
    });
}

#[test]
fn other_versions_are_answered_426() {
    check(|| {
        for version in ["7", "12", "14", "x", "013"] {
            let request = REQUEST.replace("Version: 13", &format!("Version: {version}"));
            let (result, answer) = answer_to(Config::new(), request.as_bytes());
            assert_eq!(result.err().unwrap().status(), Some(426));
            assert!(answer.starts_with("HTTP/1.1 426 Upgrade Required\r\n"), "{answer}");
            assert!(answer.contains("\r\nSec-WebSocket-Version: 13, 8\r\n"), "{answer}");
        }
    });
}

#[test]
fn origins_that_are_not_welcome_are_answered_403() {
    check(|| {
        let config = Config::new().origins(|host, origin| {
            assert_eq!(host, "localhost");
            origin == Some("http://here.example")
        });
        let with = |line: &str| {
            status_with(&config, "Host: localhost", &format!("Host: localhost\r\n{line}"))
        };
        assert_eq!(with("Origin: http://here.example"), 101);
        assert_eq!(with("Origin: http://there.example"), 403);
        assert_eq!(with("Origin: null"), 403);
        assert_eq!(with("X-Origin: http://here.example"), 403);
        assert_eq!(with("Origin: http://here.example\r\nOrigin: http://here.example"), 400);
        // The name of the field in version 8.
        assert_eq!(with("Sec-WebSocket-Origin: http://here.example"), 403);
        let old = "Version: 8\r\nSec-WebSocket-Origin: http://here.example";
        assert_eq!(status_with(&config, "Version: 13", old), 101);
    });
}

#[test]
fn our_first_protocol_that_the_client_offers_is_taken() {
    check(|| {
        let config = Config::new().protocols(["best", "good"]);
        let agreed = |lines: &str| {
            let request = REQUEST.replace("Host: localhost", &format!("Host: localhost{lines}"));
            let (ws, answer) = answer_to(config.clone(), request.as_bytes());
            let told = answer.split("Sec-WebSocket-Protocol: ").nth(1).map(str::to_owned);
            let told = told.and_then(|rest| rest.lines().next().map(str::to_owned));
            assert_eq!(ws.unwrap().protocol(), told.as_deref());
            told
        };
        let offer = "\r\nSec-WebSocket-Protocol: ";
        assert_eq!(agreed(""), None);
        assert_eq!(agreed(&format!("{offer}bad")), None);
        assert_eq!(agreed(&format!("{offer}bad, good")).as_deref(), Some("good"));
        assert_eq!(agreed(&format!("{offer}good,best")).as_deref(), Some("best"));
        assert_eq!(agreed(&format!("{offer}good{offer}best")).as_deref(), Some("best"));
        // Names of protocols have a case.
        assert_eq!(agreed(&format!("{offer}Best")), None);
    });
}

#[test]
fn a_request_may_come_byte_by_byte() {
    check(|| {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let server = spawn(move || websocket::accept(ours));
        for byte in REQUEST.as_bytes() {
            theirs.write_all(&[*byte]).unwrap();
            eventlet_tests::yield_now();
        }
        assert_eq!(read_head(&mut theirs), RESPONSE);
        assert!(server.wait().unwrap().is_ok());
    });
}

#[test]
fn a_head_that_does_not_end_is_refused() {
    check(|| {
        let endless = REQUEST.trim_end().to_owned() + "\r\nX: " + &"x".repeat(20_000);
        let (result, answer) = answer_to(Config::new(), endless.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        assert!(result.err().unwrap().to_string().contains("too large"));
        let many = "X: x\r\n".repeat(101);
        let line = "Host: localhost\r\n";
        let status = status_with(&Config::new(), line, &format!("{line}{many}"));
        assert_eq!(status, 431);
    });
}

#[test]
fn a_client_that_is_slow_or_silent_is_given_up() {
    check(|| {
        pause_clock();
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let server = spawn(move || {
            let error = websocket::accept(ours).err().unwrap();
            (error.is_timeout(), now())
        });
        let begun = now();
        for byte in REQUEST.as_bytes() {
            eventlet::sleep(ms(1000));
            if theirs.write_all(&[*byte]).is_err() {
                break;
            }
        }
        let (is_timeout, ended) = server.wait().unwrap();
        assert!(is_timeout);
        assert_eq!(ended - begun, ms(10_000));
    });
}

#[test]
fn a_client_that_leaves_is_an_error() {
    check(|| {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (&theirs).write_all(b"GET / HTTP/1.1\r\n").unwrap();
        drop(theirs);
        let error = std::io::Error::from(websocket::accept(ours).err().unwrap());
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    });
}

/// What a client makes of an answer, in which `ACCEPT` stands for the right one.
fn client_of(config: Config, answer: &str) -> (Result<WebSocket, HandshakeError>, String) {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let client: GreenThread<_> = spawn(move || config.client(ours, "ws://here.example:81/a?b"));
    let request = read_head(&mut theirs);
    let key = request.split("Sec-WebSocket-Key: ").nth(1).unwrap().lines().next().unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    theirs.write_all(answer.replace("ACCEPT", &accept).as_bytes()).unwrap();
    drop(theirs);
    (client.wait().unwrap(), request)
}

const GOOD: &str = "HTTP/1.1 101 Fine\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: ACCEPT\r\n\r\n";

#[test]
fn a_client_asks_for_what_it_wants() {
    check(|| {
        let config = Config::new().protocols(["a", "b"]).header("Origin", "http://o.example");
        let answer = GOOD.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: b\r\n\r\n");
        let (ws, request) = client_of(config, &answer);
        assert_eq!(ws.unwrap().protocol(), Some("b"));
        assert!(request.starts_with("GET /a?b HTTP/1.1\r\nHost: here.example:81\r\n"), "{request}");
        assert!(request.contains("\r\nSec-WebSocket-Protocol: a, b\r\n"), "{request}");
        assert!(request.contains("\r\nOrigin: http://o.example\r\n"), "{request}");
    });
}

#[test]
fn a_client_does_not_accept_everything() {
    check(|| {
        let says = |answer: &str| {
            let (result, _) = client_of(Config::new(), answer);
            result.err().unwrap_or_else(|| panic!("accepted: {answer}")).to_string()
        };
        assert!(client_of(Config::new(), GOOD).0.is_ok());
        assert!(says("HTTP/1.1 200 OK\r\n\r\n").contains("refused (200 OK)"));
        assert!(says("nonsense\r\n\r\n").contains("not HTTP"));
        assert!(says("HTTP/1.1 101").contains("end of file"));
        assert!(says(&GOOD.replace("Upgrade: websocket\r\n", "")).contains("something else"));
        assert!(says(&GOOD.replace("Connection: Upgrade\r\n", "")).contains("something else"));
        assert!(says(&GOOD.replace("ACCEPT", "x")).contains("the key"));
        assert!(says(&GOOD.replace("Sec-WebSocket-Accept: ACCEPT\r\n", "")).contains("the key"));
        let with = |line: &str| GOOD.replace("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"));
        assert!(says(&with("Sec-WebSocket-Protocol: c")).contains("sub-protocol"));
        let extension = with("Sec-WebSocket-Extensions: permessage-deflate");
        assert!(says(&extension).contains("extension"));
        let refused = client_of(Config::new(), "HTTP/1.1 403 Forbidden\r\n\r\n").0.err().unwrap();
        assert_eq!(refused.status(), Some(403));
    });
}

#[test]
fn urls_that_are_none_are_refused() {
    check(|| {
        for url in [
            "",
            "/",
            "localhost",
            "http://localhost/",
            "ws:/localhost",
            "ws://",
            "ws:///path",
            "ws://user@localhost/",
            "ws://localhost:99999/",
            "ws://local host/",
        ] {
            let error = std::io::Error::from(websocket::connect(url).err().unwrap());
            assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{url}: {error}");
        }
    });
}

#[test]
fn urls_say_where_and_what() {
    check(|| {
        for (listen, host) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "[::1]")] {
            let listener = eventlet::listen(listen).unwrap();
            let port = listener.local_addr().unwrap().port();
            for (given, target) in [("", "/"), ("/a%20b", "/a%20b"), ("?q", "/?q"), ("/a#b", "/a")]
            {
                let url = format!("WS://{host}:{port}{given}");
                let client = spawn(move || websocket::connect(&url).err().unwrap());
                let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
                let request = read_head(&mut stream);
                let start = format!("GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\n");
                assert!(request.starts_with(&start), "{given}: {request}");
                drop(stream);
                client.wait().unwrap();
            }
        }
    });
}

#[test]
fn messages_are_not_held_back_by_the_system() {
    check(|| {
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let client = spawn(move || websocket::connect(&url).unwrap());
        let (stream, _): (TcpStream, _) = listener.accept().unwrap();
        let same = stream.try_clone().unwrap();
        assert!(!same.nodelay().unwrap());
        let server = websocket::accept(stream).unwrap();
        assert!(same.nodelay().unwrap());
        // Nobody answers in between, and the second one is there as soon as the first.
        let client = client.wait().unwrap();
        for _ in 0..100 {
            for sender in [&client, &server] {
                sender.send("one").unwrap();
                sender.send("two").unwrap();
            }
            for receiver in [&client, &server] {
                assert_eq!(receiver.recv().unwrap().text(), Some("one"));
                assert_eq!(receiver.recv().unwrap().text(), Some("two"));
            }
        }
    });
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    check(|| {
        pause_clock();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let config = Config::new().handshake_within(ms(700));
        let before = now();
        assert!(config.client(ours, "ws://localhost/").err().unwrap().is_timeout());
        assert_eq!(now() - before, ms(700));
        let mut request = String::new();
        (&theirs).read_to_string(&mut request).unwrap();
        assert!(request.ends_with("\r\n\r\n"));
    });
}
