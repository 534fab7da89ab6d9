//! How a server stops: what it still answers, whom it waits for, and for how long.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use eventlet::http::{Request, Response, Server};
use eventlet::{GreenPool, connect, listen, sleep, spawn};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::{start_server, while_serving};
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
        let (server, address) = start_server(Server::new(hello).max_connections(1));
        let mut client = Client::connect(address);
        assert_eq!(client.get("/").text(), "hello");
        server.stop();
        assert_eq!(client.next_reply(), None);
    });
}

#[test]
fn the_limit_holds_though_there_is_room_for_no_other() {
    check(|| {
        let (server, address) = start_server(Server::new(hang_at_slow).max_connections(1));
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
        let pool = Rc::new(GreenPool::new(1));
        let (server, address) = start_server(Server::new(hang_at_slow).pool(pool));
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
        let (server, address) = start_server(Server::new(hello));
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

/// Takes connections over, and ends them when the server stops. The number of each hook that is called is
/// noted, and one of them panics.
fn take_over(heard: Rc<RefCell<Vec<u32>>>) -> impl Fn(&mut Request) -> Response {
    move |request| {
        let heard = heard.clone();
        let response = Response::new(101).with_header("upgrade", "nothing");
        request.upgrade(response, move |stream| {
            let stream = Rc::new(stream);
            for n in 1..=3 {
                let (heard, theirs) = (heard.clone(), stream.clone());
                stream.on_stop(move || {
                    heard.borrow_mut().push(n);
                    assert_ne!(n, 2, "this concerns nobody else");
                    let _ = theirs.shutdown(Shutdown::Both);
                });
            }
            while (&*stream).read(&mut [0; 100]).is_ok_and(|n| n > 0) {}
        })
    }
}

const UPGRADE: &str =
    "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: nothing\r\n\r\n";

#[test]
fn all_who_want_to_hear_of_the_stop_are_told_in_their_order() {
    check(|| {
        let heard = Rc::default();
        let (server, address) = start_server(Server::new(take_over(Rc::clone(&heard))));
        let mut client = Client::connect(address);
        assert_eq!(client.ask(UPGRADE).status(), 101);
        server.stop();
        assert_eq!(heard.take(), [1, 2, 3]);
        client.assert_ended();
    });
}

/// What would have been told to it is forgotten; otherwise each of them would stay open.
#[test]
fn a_connection_that_ends_before_the_server_hears_of_no_stop() {
    let heard = Rc::default();
    while_serving(Server::new(take_over(Rc::clone(&heard))), |address| {
        assert_eq!(Client::connect(address).ask(UPGRADE).status(), 101);
    });
    assert!(heard.take().is_empty());
}

/// One hook never returns; another connection's is called all the same, and the limit holds.
#[test]
fn a_hook_that_waits_holds_up_nobody() {
    check(|| {
        let heard = Rc::new(Cell::new(0));
        let theirs = heard.clone();
        let app = move |request: &mut Request| {
            let theirs = theirs.clone();
            let response = Response::new(101).with_header("upgrade", "nothing");
            request.upgrade(response, move |stream| {
                let stream = Rc::new(stream);
                let of_hook = stream.clone();
                stream.on_stop(move || {
                    theirs.set(theirs.get() + 1);
                    if theirs.get() == 1 {
                        sleep(FOREVER);
                    }
                    let _ = of_hook.shutdown(Shutdown::Both);
                });
                while (&*stream).read(&mut [0; 100]).is_ok_and(|n| n > 0) {}
            })
        };
        let (server, address) = start_server(Server::new(app));
        let mut clients = [(); 2].map(|()| Client::connect(address));
        for client in &mut clients {
            assert_eq!(client.ask(UPGRADE).status(), 101);
        }
        let stopping = spawn(move || server.stop_within(ms(600)));
        clients[1].assert_ended();
        assert!(!stopping.wait().unwrap(), "a hook has been killed");
        assert_eq!(heard.get(), 2);
        clients[0].assert_ended();
    });
}

/// It would keep its own connection open for ever: nobody is told any more.
#[test]
fn a_hook_that_comes_after_the_end_is_forgotten() {
    let kept = Rc::new(());
    let theirs = kept.clone();
    let app = move |request: &mut Request| {
        let theirs = theirs.clone();
        request.upgrade(Response::new(101).with_header("upgrade", "nothing"), |stream| {
            spawn(move || {
                let stream = Rc::new(stream);
                let of_hook = stream.clone();
                stream.on_stop(move || drop((of_hook, theirs)));
            });
        })
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.ask(UPGRADE).status(), 101);
        client.assert_ended();
    });
    assert_eq!(Rc::strong_count(&kept), 1);
}

#[test]
fn a_request_that_comes_at_the_last_moment_is_answered() {
    check(|| {
        let (server, address) = start_server(Server::new(hello));
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
        let (server, address) = start_server(Server::new(app));
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

/// A client that sends request after request, and reads no response for a while, is stuck in the sending
/// of responses, not idle: all of them are still sent.
#[test]
fn responses_that_wait_to_be_sent_are_sent() {
    check(|| {
        let n_calls = Rc::new(Cell::new(0));
        let theirs = n_calls.clone();
        let app = move |_: &mut Request| {
            theirs.set(theirs.get() + 1);
            "x".repeat(20)
        };
        let listener = listen("127.0.0.1:0").unwrap();
        let client = connect(listener.local_addr().unwrap()).unwrap();
        let server = Rc::new(Server::new(app).start(listener).unwrap());
        let mut sender = client.try_clone().unwrap();
        let sending = spawn(move || {
            // Of 32 bytes, so that buffers end where requests do. It ends by an error when the server
            // stops.
            while sender.write_all(&b"GET / HTTP/1.1\r\nHost: 123456\r\n\r\n".repeat(128)).is_ok() {
            }
        });
        let (mut n_before, mut n_same) = (0, 0);
        while n_same < 20 {
            sleep(ms(5));
            n_same = if n_calls.get() == n_before && n_before > 0 { n_same + 1 } else { 0 };
            n_before = n_calls.get();
        }
        let theirs = server.clone();
        let stopping = spawn(move || theirs.stop_within(Duration::from_secs(20)));
        // Well after those who are idle have been ended.
        sleep(ms(600));
        let (mut received, mut buf) = (Vec::new(), [0; 65536]);
        loop {
            match (&client).read(&mut buf) {
                Ok(0) => break,
                Ok(n) => received.extend_from_slice(&buf[..n]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("{error}"),
            }
        }
        assert!(stopping.wait().unwrap());
        sending.wait().unwrap();
        let text = String::from_utf8(received).unwrap();
        let responses: Vec<_> = text.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
        assert!(responses.iter().all(|response| response.ends_with(&"x".repeat(20))));
        assert_eq!(responses.len(), n_calls.get());
        assert!(responses.last().unwrap().contains("Connection: close\r\n"));
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
