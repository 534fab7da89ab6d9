//! What the client and the server of `line_client.rs` do.

#[path = "line_client.rs"]
mod line_client;

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::{Crowd, check};

use line_client::{Client, Config, Error, OPENED, Server};

const MS: Duration = Duration::from_millis(1);

fn server() -> Server {
    Server::start("127.0.0.1:0").unwrap()
}

fn client(server: &Server, config: Config) -> Client {
    Client::new(server.address(), config).unwrap()
}

/// A server that answers the first command with `answer`, whatever it is.
fn server_that_says(answer: &'static str) -> (thread::JoinHandle<()>, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut stream = BufReader::new(stream);
        stream.read_line(&mut String::new()).unwrap();
        stream.get_mut().write_all(answer.as_bytes()).unwrap();
    });
    (server, Client::new(address, Config::default()).unwrap())
}

#[test]
fn what_is_set_can_be_got() {
    check(|| {
        let server = server();
        let client = client(&server, Config::default());
        assert_eq!(client.get("a").unwrap(), None);
        client.set("a", "1\r\n2").unwrap();
        client.set("b", [0xff, 0]).unwrap();
        assert_eq!(client.get("a").unwrap().as_deref(), Some(&b"1\r\n2"[..]));
        let many = client.get_many(["b", "nothing", "a"]).unwrap();
        assert_eq!(many, [Some(vec![0xff, 0]), None, Some(b"1\r\n2".to_vec())]);
        assert_eq!(client.n_open(), 1);
    });
}

#[test]
fn what_the_server_refuses_is_an_error_and_the_connection_stays() {
    check(|| {
        let server = server();
        let client = client(&server, Config::default());
        client.set("word", "eleven").unwrap();
        let Err(Error::Refused(why)) = client.increment("word") else { panic!("not refused") };
        assert_eq!(why, "invalid digit found in string");
        assert_eq!(client.increment("n").unwrap(), 1);
        assert_eq!(client.n_open(), 1);
    });
}

#[test]
fn never_more_connections_than_allowed() {
    check(|| {
        let server = server();
        let client = client(&server, Config { max_connections: 3, ..Config::default() });
        thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| client.pause(5 * MS).unwrap());
            }
        });
        assert_eq!(client.n_open(), 3);
    });
}

#[test]
fn waiting_for_a_connection_has_its_limit() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let config =
            Config { max_connections: 1, patience: 20 * MS, io_timeout: None, ..Config::default() };
        let client = Client::new(address, config).unwrap();
        let user = thread::spawn({
            let client = client.clone();
            move || client.get("a").unwrap()
        });
        let (mut server, _) = listener.accept().unwrap();

        let start = Instant::now();
        let Err(error @ Error::Busy(_)) = client.get("b") else { panic!("a free connection") };
        assert_eq!(error.to_string(), "no connection was free for 20ms");
        assert!(start.elapsed() >= 20 * MS);

        server.write_all(b"$1\r\nx\r\n").unwrap();
        assert_eq!(user.join().unwrap().as_deref(), Some(&b"x"[..]));
    });
}

#[test]
fn a_slow_answer_is_a_timeout_and_ends_the_connection() {
    check(|| {
        let server = server();
        let config = Config { io_timeout: Some(20 * MS), ..Config::default() };
        let client = client(&server, config);
        let error = client.pause(200 * MS).unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert_eq!(client.n_open(), 0);
    });
}

#[test]
fn a_connection_that_was_closed_meanwhile_is_replaced() {
    check(|| {
        let server = server();
        let client = client(&server, Config { max_connections: 1, ..Config::default() });
        client.set("a", "1").unwrap();
        let before = OPENED.load(Ordering::Relaxed);
        client.quit().unwrap();
        assert_eq!(client.get("a").unwrap().as_deref(), Some(&b"1"[..]));
        assert!(OPENED.load(Ordering::Relaxed) > before);
        assert_eq!(client.n_open(), 1);
    });
}

#[test]
fn without_a_server_there_is_no_connection() {
    check(|| {
        let server = server();
        let client = client(&server, Config { attempts: 2, ..Config::default() });
        client.set("a", "1").unwrap();
        drop(server);
        let start = Instant::now();
        let Err(Error::Io(error)) = client.get("a") else { panic!("a server") };
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert!(start.elapsed() >= 20 * MS, "tried again too soon");
        assert_eq!(client.n_open(), 0);
    });
}

#[test]
fn nonsense_is_told_from_answers() {
    check(|| {
        for (answer, error) in [
            ("hello\r\n", "a line begins with \"h\""),
            (":many\r\n", "\"many\" is no number"),
            ("$2\r\nabcd", "a string that does not end where it should"),
            ("$99999999\r\n", "a string of impossible length"),
            ("+OK\r\n", "unexpected answer: Simple(\"OK\")"),
        ] {
            let (server, client) = server_that_says(answer);
            let Err(Error::Protocol(what)) = client.get("a") else { panic!("{answer}") };
            assert!(what.contains(error), "{what}");
            server.join().unwrap();
        }
    });
}

#[test]
fn an_answer_that_breaks_off_is_an_end_of_file() {
    check(|| {
        let (server, client) = server_that_says("$5\r\nab");
        let Err(Error::Io(error)) = client.get("a") else { panic!("an answer") };
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        server.join().unwrap();
    });
}

/// A thousand threads that use one client.
pub fn a_thousand_uses() -> Crowd {
    let crowd = Crowd::default();
    check(|| {
        let server = server();
        let client = client(&server, Config { max_connections: 16, ..Config::default() });
        let start = Barrier::new(1_000);
        thread::scope(|scope| {
            for n in 0..1_000 {
                let (client, crowd, start) = (&client, &crowd, &start);
                scope.spawn(move || {
                    start.wait();
                    crowd.note();
                    client.set(&format!("key {n}"), n.to_string()).unwrap();
                    client.increment("uses").unwrap();
                    let value = client.get(&format!("key {n}")).unwrap().unwrap();
                    assert_eq!(value, n.to_string().into_bytes());
                });
            }
        });
        assert_eq!(client.get("uses").unwrap().as_deref(), Some(&b"1000"[..]));
        assert!(client.n_open() <= 16);
    });
    crowd
}
