//! How a server stops: what it still answers, whom it waits for, and for how long.

use std::io::{self, Write};
use std::time::Duration;

use eventlet::http::{Request, Response, Server};
use eventlet::{GreenPool, sleep, spawn};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::{start, while_serving};
use eventlet_tests::{check, ms, yield_now};

const FOREVER: Duration = Duration::from_secs(3600);

fn hello(_: &mut Request) -> &'static str {
    "hello"
}

/// Answers at once, or never.
fn hang_at_slow(request: &mut Request) -> &'static str {
    if request.raw_path() == "/slow" {
        sleep(FOREVER);
    }
    "hello"
}

#[test]
fn idle_connections_are_closed_though_there_is_room_for_no_other() {
    check(|| {
        let (server, address) = start(Server::new(hello).max_connections(1));
        let mut client = Client::connect(address);
        assert_eq!(client.get("/").text(), "hello");
        server.stop();
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn the_limit_holds_though_there_is_room_for_no_other() {
    check(|| {
        let (server, address) = start(Server::new(hang_at_slow).max_connections(1));
        let mut client = Client::connect(address);
        client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        // It waits for a place.
        let _other = Client::connect(address);
        yield_now();
        assert!(!server.stop_within(ms(100)), "a request has been killed");
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn the_limit_holds_though_the_pool_is_full() {
    check(|| {
        let pool = std::rc::Rc::new(GreenPool::new(1));
        let (server, address) = start(Server::new(hang_at_slow).pool(pool));
        let mut client = Client::connect(address);
        client.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        yield_now();
        let _other = Client::connect(address);
        assert!(!server.stop_within(ms(100)), "a request has been killed");
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn those_who_wait_to_be_accepted_are_answered() {
    check(|| {
        let (server, address) = start(Server::new(hello));
        let connect = |_| Client::connect(address);
        let mut clients: Vec<_> = (0..50).map(connect).collect();
        for client in &mut clients {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        server.stop();
        for client in &mut clients {
            assert_eq!(client.reply().text(), "hello");
            client.assert_ended();
        }
    });
}

#[test]
fn a_request_that_comes_at_the_last_moment_is_answered() {
    check(|| {
        let (server, address) = start(Server::new(hello));
        let mut client = Client::connect(address);
        assert_eq!(client.get("/").header("connection"), None);
        let stopping = spawn(move || server.stop());
        yield_now();
        let last = client.get("/");
        assert_eq!((last.text(), last.header("connection")), ("hello", Some("close")));
        assert_eq!(client.next_reply(), None);
        stopping.wait().unwrap();
    });
}

#[test]
fn a_body_that_is_being_sent_is_sent_to_its_end() {
    let app = |_: &mut Request| {
        let line = |n| {
            sleep(ms(20));
            Ok(format!("line {n}\n"))
        };
        Response::stream((1..=50).map(line)).with_min_chunk_size(0)
    };
    check(|| {
        let (server, address) = start(Server::new(app));
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.head();
        // It has been told that the connection goes on, and it does for a moment.
        assert!(server.stop_within(Duration::from_secs(20)));
        let lines = std::iter::from_fn(|| client.next_chunk()).take_while(|line| !line.is_empty());
        assert_eq!(lines.count(), 50);
        assert_eq!(client.next_chunk(), None);
    });
}

#[test]
fn answers_that_wait_for_others_are_sent_though_the_next_one_fails() {
    let app = |request: &mut Request| match request.raw_path() {
        "/" => Response::text("hello"),
        "/panic" => Response::written_by(|_| panic!("no body")),
        _ => Response::written_by(|out| {
            out.write_all(b"partial")?;
            Err(io::Error::other("no more"))
        }),
    };
    while_serving(Server::new(app), |address| {
        for path in ["/panic", "/error"] {
            let mut client = Client::connect(address);
            let line = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            client.send(line("/") + &line(path) + &line("/"));
            assert_eq!(client.reply().text(), "hello");
            let failed = client.reply();
            assert_eq!((failed.status(), failed.text()), (500, "internal server error"));
            assert_eq!(client.next_reply(), None);
        }
        assert_eq!(Client::connect(address).get("/").text(), "hello");
    });
}
