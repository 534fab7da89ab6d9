//! Clients that take their answers slowly on purpose, or not at all. The clock stands still but for what is
//! waited for.

use std::cell::Cell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::debug::{now, pause_clock};
use eventlet::green::net::TcpStream;
use eventlet::green::os::unix::net::{UnixListener, UnixStream};
use eventlet::http::{Request, Response, Server};
use eventlet::sleep;
use eventlet_http_tests::site::{start_server, while_serving};
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{check, ms};

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// How the server's side of an exchange ended: whether the response was sent as a whole.
type Ending = Rc<Cell<Option<bool>>>;

/// An application with this response, and how it will have ended.
fn watched(response: impl Fn() -> Response) -> (impl Fn(&mut Request) -> Response, Ending) {
    let ending = Ending::default();
    let seen = ending.clone();
    let app = move |request: &mut Request| {
        let seen = seen.clone();
        request.on_end(move |ended| seen.set(Some(ended.is_complete)));
        response()
    };
    (app, ending)
}

/// Asks, over any connection.
fn ask(stream: &mut impl Write) {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
}

fn ending(response: impl Fn() -> Response + 'static, read: impl FnOnce(&mut TcpStream)) -> bool {
    let (app, ending) = watched(response);
    while_serving(Server::new(app), |address| {
        pause_clock();
        let mut stream = TcpStream::connect(address).unwrap();
        ask(&mut stream);
        let begun = now();
        read(&mut stream);
        while ending.get().is_none() {
            sleep(secs(1));
        }
        assert!(now() - begun < secs(600), "{:?}", now() - begun);
    });
    ending.get().unwrap()
}

/// More than the system keeps for a client that does not read.
fn large() -> Response {
    Response::bytes(vec![b'a'; 64 << 20])
}

#[test]
fn a_client_that_does_not_read_is_left() {
    assert!(!ending(large, |_| ()));
}

#[test]
fn a_client_that_does_not_read_a_stream_is_left() {
    let endless = || Response::stream(std::iter::repeat_with(|| Ok(vec![b'a'; 65536])));
    assert!(!ending(endless, |_| ()));
}

#[test]
fn a_client_that_reads_a_little_now_and_then_is_left() {
    let reads = |stream: &mut TcpStream| {
        for _ in 0..60 {
            let _ = stream.read(&mut [0; 10]);
            sleep(secs(1));
        }
    };
    assert!(!ending(large, reads));
}

#[test]
fn a_client_that_reads_slowly_but_enough_gets_all() {
    let reads = |stream: &mut TcpStream| {
        let mut buf = vec![0; 1 << 20];
        while stream.read(&mut buf).unwrap() > 0 {
            sleep(secs(1));
        }
    };
    assert!(ending(large, reads));
}

/// It could send another request, but has no answer that it might miss.
#[test]
fn a_client_that_is_left_is_left_at_once() {
    let (app, ending) = watched(large);
    check(|| {
        let (server, address) = start_server(Server::new(app));
        pause_clock();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        while ending.get().is_none() {
            sleep(ms(1));
        }
        sleep(ms(10));
        assert_eq!(server.connections(), 0);
        server.stop();
    });
}

/// Lines that are sent one by one, with pauses between them.
fn lines(n: usize, pause: Duration) -> Response {
    let line = move |_| {
        sleep(pause);
        Ok("\n")
    };
    Response::stream((0..n).map(line)).with_min_chunk_size(0)
}

#[test]
fn pauses_of_the_application_do_not_count() {
    let reads = |stream: &mut TcpStream| {
        stream.read_to_end(&mut Vec::new()).unwrap();
    };
    assert!(ending(|| lines(50, secs(11)), reads));
}

/// How a stream of five thousand lines ends, if the client takes 250 of them at once, 1,500 bytes, and
/// then pauses. A Unix socket keeps little more for those who do not read.
fn ending_of_lines(pause: Duration) -> bool {
    let (app, ending) = watched(|| lines(5000, Duration::ZERO));
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("socket");
        let server = Server::new(app).start(UnixListener::bind(&path).unwrap()).unwrap();
        pause_clock();
        let mut stream = UnixStream::connect(&path).unwrap();
        ask(&mut stream);
        while ending.get().is_none() {
            stream.read_exact(&mut [0; 1500]).unwrap();
            sleep(pause);
        }
        drop(stream);
        server.stop();
    });
    ending.get().unwrap()
}

/// Each of the pieces is waited for for less than ten seconds.
#[test]
fn a_client_that_takes_many_pieces_too_slowly_is_left() {
    assert!(!ending_of_lines(secs(9)));
}

#[test]
fn a_client_that_takes_many_pieces_fast_enough_gets_all() {
    assert!(ending_of_lines(secs(5)));
}
