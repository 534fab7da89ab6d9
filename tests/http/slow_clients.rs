//! Clients that send slowly on purpose: they hold a connection for as long as it takes others to send a
//! request, and not for as long as they like. The clock stands still but for what is waited for.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use eventlet::debug::{now, pause_clock};
use eventlet::green::net::TcpStream;
use eventlet::http::{Request, Server};
use eventlet::{sleep, spawn};
use eventlet_http_tests::site;

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// Reads the body, and says how long it is.
fn measure(request: &mut Request) -> io::Result<String> {
    let n = io::copy(&mut request.by_ref(), &mut io::sink())?;
    Ok(n.to_string())
}

fn while_serving(
    server: Server<impl Fn(&mut Request) -> io::Result<String> + 'static>,
    body: impl FnOnce(SocketAddr),
) {
    site::while_serving(server, |address| {
        pause_clock();
        body(address);
    });
}

/// Sends `beginning`, then `piece` every `pause` until the server answers, which it must do. Returns
/// the answer and how long it took.
fn trickle(
    server: SocketAddr,
    beginning: &str,
    piece: &str,
    pause: Duration,
) -> (String, Duration) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(beginning.as_bytes()).unwrap();
    let begun = now();
    let mut sender = stream.try_clone().unwrap();
    let piece = piece.to_owned();
    let sender = spawn(move || {
        while !piece.is_empty() && sender.write_all(piece.as_bytes()).is_ok() {
            sleep(pause);
        }
    });
    let mut answer = vec![0; 4096];
    let n = stream.read(&mut answer).unwrap();
    let took = now() - begun;
    // The server does not put up with more for ever, either.
    sender.wait().unwrap();
    answer.truncate(n);
    (String::from_utf8(answer).unwrap(), took)
}

/// Asserts that it took as long as the limit, and little more: a piece may be waited for.
fn assert_took(took: Duration, limit: Duration) {
    assert!(took >= limit && took < limit + secs(12), "{took:?}");
}

const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\n";

#[test]
fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    while_serving(Server::new(measure).head_timeout(secs(20)), |address| {
        let (answer, took) = trickle(address, "GET / HTTP/1.1\r\nX-", "a", secs(1));
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert_took(took, secs(20));
    });
}

#[test]
fn a_head_that_comes_line_by_line_is_not_waited_for() {
    while_serving(Server::new(measure), |address| {
        let (answer, took) = trickle(address, POST, "X: y\r\n", secs(5));
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert_took(took, secs(30));
    });
}

#[test]
fn a_head_that_stops_is_not_waited_for() {
    while_serving(Server::new(measure), |address| {
        let (answer, took) = trickle(address, POST, "", secs(5));
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert_took(took, secs(30));
    });
}

/// A connection is idle after empty lines: it ends without a word, and not as early.
#[test]
fn empty_lines_are_no_beginning_of_a_head() {
    while_serving(Server::new(measure), |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"POST / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n\r\n").unwrap();
        let begun = now();
        let answer = io::read_to_string(&stream).unwrap();
        assert!(answer.ends_with("\r\n\r\n0"), "{answer}");
        assert_took(now() - begun, secs(75));
    });
}

/// However often they come: a connection is idle from its last answer on.
#[test]
fn empty_lines_do_not_keep_a_connection() {
    while_serving(Server::new(measure), |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"POST / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").unwrap();
        let begun = now();
        let mut sender = stream.try_clone().unwrap();
        let sender = spawn(move || {
            while sender.write_all(b"\r\n").is_ok() {
                assert!(now() - begun < secs(300), "it has been kept");
                sleep(secs(20));
            }
        });
        let answer = io::read_to_string(&stream).unwrap();
        assert!(answer.ends_with("\r\n\r\n0"), "{answer}");
        assert_took(now() - begun, secs(75));
        sender.wait().unwrap();
    });
}

/// After ten seconds 240 bytes a second are the least, whatever the body's framing.
#[test]
fn a_body_that_trickles_is_not_waited_for() {
    while_serving(Server::new(measure), |address| {
        let counted = format!("{POST}Content-Length: 100000\r\n\r\n");
        let chunked = format!("{POST}Transfer-Encoding: chunked\r\n\r\n");
        let cases = [
            (&*counted, "a"),
            (&*counted, ""),
            (&*chunked, "1\r\na\r\n"),
            (&format!("{chunked}1;"), "a"),
            (&format!("{chunked}0\r\nX: "), "a"),
        ];
        for (beginning, piece) in cases {
            let (answer, took) = trickle(address, beginning, piece, secs(1));
            assert!(answer.starts_with("HTTP/1.1 408 "), "{piece}: {answer}");
            assert_took(took, secs(10));
        }
    });
}

/// The same body, but the application does not read it: the server passes over it, and not for ever.
#[test]
fn a_body_that_trickles_is_not_passed_over() {
    while_serving(Server::new(|_: &mut Request| Ok("done".to_owned())), |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("{POST}Content-Length: 1000\r\n\r\n").as_bytes()).unwrap();
        let begun = now();
        let mut sender = stream.try_clone().unwrap();
        let sender = spawn(move || {
            while sender.write_all(b"a").is_ok() {
                sleep(secs(1));
            }
        });
        let answer = io::read_to_string(&stream).unwrap();
        assert!(answer.ends_with("\r\n\r\ndone"), "{answer}");
        assert_took(now() - begun, secs(10));
        sender.wait().unwrap();
    });
}

#[test]
fn a_body_that_is_slow_but_not_too_slow_is_read() {
    while_serving(Server::new(measure), |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("{POST}Content-Length: 30000\r\n\r\n").as_bytes()).unwrap();
        for _ in 0..100 {
            sleep(secs(1));
            stream.write_all(&[b'a'; 300]).unwrap();
        }
        let mut answer = [0; 4096];
        let n = stream.read(&mut answer).unwrap();
        assert!(answer[..n].ends_with(b"\r\n\r\n30000"));
    });
}

/// The client is not to blame for the time that the application takes between two reads.
#[test]
fn time_that_the_application_takes_does_not_count() {
    let app = |request: &mut Request| {
        let mut half = [0; 5];
        request.read_exact(&mut half)?;
        sleep(secs(600));
        request.send_continue(&Default::default())?;
        request.read_exact(&mut half)?;
        Ok("both".to_owned())
    };
    while_serving(Server::new(app), |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("{POST}Content-Length: 10\r\nExpect: 100-continue\r\n\r\nfirst");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).unwrap();
        // Asked for the rest, the client takes a few seconds.
        stream.read_exact(&mut answer).unwrap();
        sleep(secs(5));
        stream.write_all(b"other").unwrap();
        let mut answer = [0; 4096];
        let n = stream.read(&mut answer).unwrap();
        assert!(answer[..n].ends_with(b"\r\n\r\nboth"));
    });
}
