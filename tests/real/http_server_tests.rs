//! What the server of `http_server.rs` does.

#[path = "http_server.rs"]
mod http_server;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::{Crowd, check};

use http_server::{Body, Config, Entry, Request, Response, Server};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn start(config: Config, handler: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Server::start(listener, config, handler, |_| {}).unwrap()
}

/// A site of a few pages.
fn site(request: &Request) -> Response {
    match (&*request.method, &*request.path) {
        ("GET", "/") => Response::text("hello"),
        ("GET", "/query") => Response::text(request.query.clone().unwrap_or_default()),
        ("POST", "/echo") => {
            let kind = request.field("Content-Type").unwrap_or("none").to_owned();
            Response::new(200).with("X-Was", kind).body(Body::Whole(request.body.clone()))
        }
        ("GET", "/count") => {
            let pieces = (1..=3).map(|n| format!("{n};").into_bytes());
            Response::new(200).body(Body::Pieces(Box::new(pieces)))
        }
        ("GET", "/slow") => {
            thread::sleep(100 * MS);
            Response::text("at last")
        }
        ("GET", "/panic") => panic!("on request"),
        _ => Response::new(404),
    }
}

/// An answer as a client sees it: status, header and body.
type Answer = (u16, String, Vec<u8>);

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(20 * SECOND)).unwrap();
        Client { stream: BufReader::new(stream) }
    }

    fn send(&mut self, text: &str) -> &mut Self {
        self.stream.get_mut().write_all(text.as_bytes()).unwrap();
        self
    }

    fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: here\r\n\r\n")).answer()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let status = self.line()?.split(' ').nth(1).unwrap().parse().unwrap();
        let mut header = String::new();
        loop {
            match self.line()? {
                line if line.is_empty() => break,
                line => header += &format!("{line}\n"),
            }
        }
        let field = |name| header.lines().find_map(|line| line.strip_prefix(name));
        let mut body = Vec::new();
        if let Some(len) = field("Content-Length: ") {
            let len = len.parse().unwrap();
            self.stream.by_ref().take(len).read_to_end(&mut body)?;
        } else if field("Transfer-Encoding: chunked").is_some() {
            loop {
                let size = u64::from_str_radix(&self.line()?, 16).unwrap();
                self.stream.by_ref().take(size).read_to_end(&mut body)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else if status >= 200 {
            self.stream.read_to_end(&mut body)?;
        }
        Ok((status, header, body))
    }

    fn is_at_end(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0))
    }
}

fn stop(server: Server) -> http_server::Metrics {
    server.stop(5 * SECOND)
}

#[test]
fn one_connection_has_many_requests() {
    check(|| {
        let server = start(Config::default(), site);
        let mut client = Client::connect(server.address());
        for _ in 0..3 {
            assert_eq!(client.get("/").unwrap().2, b"hello");
        }
        assert_eq!(client.get("/query?a=b").unwrap().2, b"a=b");
        assert_eq!(client.get("/nowhere").unwrap().0, 404);
        assert_eq!(server.n_connections(), 1);
        let metrics = stop(server);
        assert_eq!(metrics.n_requests, 5);
        assert_eq!(metrics.by_status, [(200, 4), (404, 1)].into());
        assert!(client.is_at_end());
    });
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    check(|| {
        let server = start(Config::default(), site);
        let mut client = Client::connect(server.address());
        client.send("GET /query?1 HTTP/1.1\r\n\r\nGET /query?2 HTTP/1.1\r\n\r\n");
        assert_eq!(client.answer().unwrap().2, b"1");
        assert_eq!(client.answer().unwrap().2, b"2");
        stop(server);
    });
}

#[test]
fn bodies_come_with_a_length_or_in_chunks() {
    check(|| {
        let server = start(Config::default(), site);
        let mut client = Client::connect(server.address());
        client.send("POST /echo HTTP/1.1\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc");
        let (status, header, body) = client.answer().unwrap();
        assert_eq!((status, &*body), (200, &b"abc"[..]));
        assert!(header.contains("X-Was: a/b\n"), "{header}");

        client.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("2;ext=1\r\nab\r\n3\r\ncde\r\n0\r\nTrailer: 1\r\n\r\n");
        assert_eq!(client.answer().unwrap().2, b"abcde");

        client.send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assert_eq!(client.answer().unwrap().0, 100);
        assert_eq!(client.send("ok").answer().unwrap().2, b"ok");
        stop(server);
    });
}

#[test]
fn pieces_are_sent_in_chunks_and_to_old_clients_without() {
    check(|| {
        let server = start(Config::default(), site);
        let (_, header, body) = Client::connect(server.address()).get("/count").unwrap();
        assert!(header.contains("Transfer-Encoding: chunked\n"), "{header}");
        assert_eq!(body, b"1;2;3;");
        let mut old = Client::connect(server.address());
        let keep_alive = "GET /count HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        let (_, header, body) = old.send(keep_alive).answer().unwrap();
        assert!(header.contains("Connection: close\n"), "{header}");
        assert_eq!(body, b"1;2;3;");
        stop(server);
    });
}

#[test]
fn who_asks_for_an_end_gets_it() {
    check(|| {
        let config = Config { max_requests_per_connection: 2, ..Config::default() };
        let server = start(config, site);
        for request in ["GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"] {
            let mut client = Client::connect(server.address());
            assert_eq!(client.send(request).answer().unwrap().2, b"hello");
            assert!(client.is_at_end());
        }
        let mut client = Client::connect(server.address());
        assert!(!client.get("/").unwrap().1.contains("Connection: close"));
        assert!(client.get("/").unwrap().1.contains("Connection: close"));
        assert!(client.is_at_end());
        stop(server);
    });
}

#[test]
fn bad_requests_are_refused() {
    check(|| {
        let server = start(Config { max_body: 10, ..Config::default() }, site);
        let fields: String = (0..101).map(|n| format!("Field-{n}: a\r\n")).collect();
        let many = format!("GET / HTTP/1.1\r\n{fields}\r\n");
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(9_000));
        for (request, status) in [
            ("hello\r\n\r\n", 400),
            ("GET / HTTP/3.0\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nno field\r\n\r\n", 400),
            ("POST /echo HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
            ("POST /echo HTTP/1.1\r\nContent-Length: 11\r\n\r\n", 413),
            ("POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            ("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", 413),
            ("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n?\r\n", 400),
            (&*long, 431),
            (&*many, 431),
        ] {
            let mut client = Client::connect(server.address());
            assert_eq!(client.send(request).answer().unwrap().0, status, "{request}");
        }
        stop(server);
    });
}

#[test]
fn slow_requests_time_out_and_silent_connections_are_closed() {
    check(|| {
        let server = start(Config { read_timeout: 300 * MS, ..Config::default() }, site);
        let start = Instant::now();
        let mut silent = Client::connect(server.address());
        let mut slow = Client::connect(server.address());
        assert_eq!(slow.send("GET / HT").answer().unwrap().0, 408);
        assert!(slow.is_at_end() && silent.is_at_end());
        assert!(start.elapsed() >= 300 * MS);
        assert_eq!(stop(server).by_status, [(408, 1)].into());
    });
}

#[test]
fn a_handler_that_panics_costs_its_connection_alone() {
    check(|| {
        let server = start(Config::default(), site);
        let mut client = Client::connect(server.address());
        let error = client.get("/panic").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(Client::connect(server.address()).get("/").unwrap().2, b"hello");
        assert_eq!(stop(server).n_requests, 1);
    });
}

#[test]
fn stopping_lets_a_request_end() {
    check(|| {
        let (begun, has_begun) = mpsc::channel();
        let server = start(Config::default(), move |request| {
            begun.send(()).unwrap();
            site(request)
        });
        let address = server.address();
        let asks = thread::spawn(move || Client::connect(address).get("/slow").unwrap());
        has_begun.recv().unwrap();
        let idle = Client::connect(address);
        let metrics = stop(server);
        let (status, _, body) = asks.join().unwrap();
        assert_eq!((status, &*body), (200, &b"at last"[..]));
        assert_eq!(metrics.n_requests, 1);
        assert!(metrics.slowest >= 100 * MS);
        assert_eq!({ idle }.stream.read(&mut [0]).unwrap_or(0), 0);
        let late = TcpStream::connect(address).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::ConnectionRefused);
    });
}

#[test]
fn stopping_cuts_off_what_takes_too_long() {
    check(|| {
        let (begun, has_begun) = mpsc::channel();
        let server = start(Config::default(), move |_| {
            let begun = begun.clone();
            let endless = std::iter::repeat_with(move || {
                let _ = begun.send(());
                vec![b'x'; 10_000]
            });
            Response::new(200).body(Body::Pieces(Box::new(endless)))
        });
        let mut client = Client::connect(server.address());
        client.send("GET / HTTP/1.1\r\n\r\n");
        has_begun.recv().unwrap();
        let start = Instant::now();
        assert_eq!(server.stop(50 * MS).n_requests, 0);
        assert!(start.elapsed() >= 50 * MS);
    });
}

#[test]
fn every_answer_is_told_to_the_log() {
    check(|| {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let log = Arc::clone(&lines);
        let tell = move |entry: &Entry| {
            assert!(entry.peer.ip().is_loopback());
            log.lock().unwrap().push(format!("{} {}", entry.request, entry.status));
        };
        let server = Server::start(listener, Config::default(), site, tell).unwrap();
        Client::connect(server.address()).get("/query?secret").unwrap();
        Client::connect(server.address()).send("nonsense\r\n").answer().unwrap();
        stop(server);
        let mut lines = lines.lock().unwrap();
        lines.sort();
        assert_eq!(*lines, ["(no request line) 400", "GET /query 200"]);
    });
}

/// A thousand connections, all open at once.
pub fn a_thousand_uses() -> Crowd {
    let crowd = Arc::new(Crowd::default());
    check(|| {
        let note = Arc::clone(&crowd);
        let server = start(Config::default(), move |request| {
            note.note();
            site(request)
        });
        let address = server.address();
        let all_are_open = Barrier::new(1_000);
        thread::scope(|scope| {
            for n in 0..1_000 {
                let all_are_open = &all_are_open;
                scope.spawn(move || {
                    let mut client = Client::connect(address);
                    all_are_open.wait();
                    let (status, _, body) = client.get(&format!("/query?{n}")).unwrap();
                    assert_eq!((status, body), (200, n.to_string().into_bytes()));
                    all_are_open.wait();
                });
            }
        });
        assert_eq!(stop(server).by_status, [(200, 1_000)].into());
    });
    Arc::into_inner(crowd).unwrap()
}
