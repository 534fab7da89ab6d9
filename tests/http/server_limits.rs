//! What a server limits: connections, descriptors, time; and what it does with the rest.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::http::{Ended, Request, Response, Server, Stream};
use eventlet::{GreenPool, sleep, spawn, with_timeout};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::{Lines, start_server, while_serving};
use eventlet_tests::child::Child;
use eventlet_tests::{check, ms, sys, yield_now};

fn hello(_: &mut Request) -> &'static str {
    "hello"
}

#[test]
fn no_more_connections_than_allowed_are_served_at_once() {
    let (now, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let theirs = (now.clone(), most.clone());
    let app = move |_: &mut Request| {
        let (now, most) = &theirs;
        now.set(now.get() + 1);
        most.set(most.get().max(now.get()));
        sleep(ms(5));
        now.set(now.get() - 1);
    };
    while_serving(Server::new(app).max_connections(3), |address| {
        let visit = move || {
            let mut client = Client::connect(address);
            client.ask("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status()
        };
        let visitors: Vec<_> = (0..30).map(|_| spawn(visit)).collect();
        for visitor in visitors {
            assert_eq!(visitor.wait().unwrap(), 200);
        }
        assert_eq!((now.get(), most.get()), (0, 3));
    });
}

#[test]
fn without_descriptors_accepting_pauses_and_goes_on() {
    let ended = Child::new().run(|| {
        let (server, address) = start_server(Server::new(hello));
        let mut kept = Client::connect(address);
        assert_eq!(kept.get("/").text(), "hello");
        // The system completes the connection before anyone accepts it.
        let waiting = TcpStream::from(std::net::TcpStream::connect(address).unwrap());
        let mut waiting = Client::over(waiting);
        let hoard = sys::take_all_descriptors();
        waiting.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        // Those who are connected are served meanwhile.
        for _ in 0..10 {
            assert_eq!(kept.get("/").text(), "hello");
            sleep(ms(5));
        }
        assert_eq!(server.connections(), 1);
        drop(hoard);
        assert_eq!(waiting.reply().text(), "hello");
        assert_eq!(Client::connect(address).get("/").text(), "hello");
        server.stop();
    });
    ended.expect_success();
    assert_eq!(ended.stderr.matches("serve pauses accepting").count(), 1, "{ended:?}");
}

#[test]
fn stopping_without_descriptors_ends() {
    Child::new()
        .run(|| {
            let (server, address) = start_server(Server::new(hello));
            let _waiting = std::net::TcpStream::connect(address).unwrap();
            let hoard = sys::take_all_descriptors();
            sleep(ms(20));
            server.stop();
            drop(hoard);
        })
        .expect_success();
}

type App = fn(&mut Request) -> &'static str;

/// A server accepts when there are no more stacks to be had, and goes on when some connections have ended.
fn use_up_stacks(server: Server<App>) {
    // What the library leaves to others, and room for a hundred stacks.
    sys::use_up_mappings(4096 + 200);
    let (server, address) = start_server(server);
    let mut served: Vec<_> = (0..50).map(|_| Client::connect(address)).collect();
    assert!(served.iter_mut().all(|client| client.get("/").text() == "hello"));
    let connect = |_| {
        let client = Client::connect(address);
        sleep(ms(1));
        client
    };
    let waiting: Vec<_> = (0..100).map(connect).collect();
    assert!(server.connections() < 150, "all have stacks");
    drop((served, waiting));
    assert_eq!(Client::connect(address).get("/").text(), "hello");
    server.stop();
}

#[test]
fn without_stacks_accepting_pauses_and_goes_on() {
    let ended =
        Child::new().env("EVENTLET_GUARD_REGIONS", "0").run(|| use_up_stacks(Server::new(hello)));
    ended.expect_success();
    assert!(ended.stderr.contains("serve pauses accepting"), "{ended:?}");
}

#[test]
fn without_stacks_accepting_for_a_pool_pauses_and_goes_on() {
    let ended = Child::new()
        .env("EVENTLET_GUARD_REGIONS", "0")
        .run(|| use_up_stacks(Server::new(hello as App).pool(Rc::new(GreenPool::new(1000)))));
    ended.expect_success();
    assert!(ended.stderr.contains("serve pauses accepting"), "{ended:?}");
}

#[test]
fn what_takes_too_long_is_503() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let noted = log.clone();
    let app = move |request: &mut Request| {
        let noted = noted.clone();
        request.on_end(move |ended| noted.borrow_mut().push(ended.status.as_u16()));
        if request.raw_path() == "/slow" {
            sleep(Duration::from_secs(3600));
        }
        "hello"
    };
    while_serving(Server::new(app).request_timeout(ms(50)), |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.get("/").text(), "hello");
        let late = client.get("/slow");
        assert_eq!((late.status(), late.header("connection")), (503, Some("close")));
        assert_eq!(client.next_reply(), None);
        assert_eq!(log.take(), [200, 503]);
    });
}

#[test]
fn hooks_are_told_of_clients_that_vanish() {
    let ends: Rc<RefCell<Vec<Ended>>> = Rc::default();
    let noted = ends.clone();
    let app = move |request: &mut Request| {
        let noted = noted.clone();
        request.on_end(move |ended| noted.borrow_mut().push(*ended));
        Response::stream(std::iter::repeat_with(|| Ok([b'x'; 10_000])))
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.head();
        assert!(ends.borrow().is_empty());
        drop(client);
        while ends.borrow().is_empty() {
            yield_now();
        }
        let [ended] = ends.take()[..] else { panic!("it is called once") };
        assert!(!ended.is_complete && ended.n_bytes > 0 && ended.status == 200, "{ended:?}");
    });
}

#[test]
fn a_connection_can_be_taken_over() {
    let log = Lines::new();
    let app = |request: &mut Request| match request.header("upgrade") {
        Some("shout") => {
            let response = Response::new(101).with_header("upgrade", "shout");
            request.upgrade(response, |mut stream: Stream| {
                let mut word = [0; 3];
                while stream.read_exact(&mut word).is_ok() {
                    stream.write_all(word.to_ascii_uppercase().as_slice()).unwrap();
                }
            })
        }
        _ => Response::text("no upgrade"),
    };
    let server = Server::new(app).log(log.sink()).log_format("{status_code}");
    while_serving(server, |address| {
        let mut client = Client::connect(address);
        assert_eq!(client.get("/").text(), "no upgrade");
        let headers = "Host: localhost\r\nConnection: upgrade\r\nUpgrade: shout\r\n";
        // What follows at once is the new protocol's.
        client.send(format!("GET / HTTP/1.1\r\n{headers}\r\nonetwo"));
        let head = client.head();
        assert_eq!((head.status(), head.header("upgrade")), (101, Some("shout")));
        assert_eq!((head.header("connection"), head.header("date")), (Some("upgrade"), None));
        assert_eq!(client.bytes(6), b"ONETWO");
        client.send("six");
        assert_eq!(client.bytes(3), b"SIX");
        drop(client);
        assert_eq!(log.take(), ["200", "101"]);
    });
}

#[test]
fn the_log_tells_all_that_it_can() {
    let lines = Lines::new();
    let format = "{client_ip}|{client_port}|{request_line}|{status_code}|{body_length}|\
                  {wall_seconds}|{date_time}|{unknown}|{";
    let app = |request: &mut Request| -> io::Result<Vec<u8>> {
        sleep(ms(20));
        let mut body = Vec::new();
        request.read_to_end(&mut body)?;
        Ok(body)
    };
    check(|| {
        let server = Server::new(app).log(lines.sink()).log_format(format);
        let (server, address) = start_server(server);
        let mut client = Client::connect(address);
        let port = client.stream().local_addr().unwrap().port();
        client.ask("POST /a?b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
        client.ask("nonsense\r\n\r\n");
        server.stop();
        let [line, refused] = &lines.take()[..] else { panic!("two lines") };
        let fields: Vec<_> = line.split('|').collect();
        let known = ["127.0.0.1", &port.to_string(), "POST /a?b HTTP/1.1", "200", "5"];
        assert_eq!(fields[..5], known);
        let seconds: f64 = fields[5].parse().unwrap();
        assert!((0.02..20.0).contains(&seconds), "{line}");
        assert!(fields[6].ends_with(" GMT"), "{line}");
        assert_eq!(fields[7..], ["{unknown}", "{"]);
        assert!(refused.starts_with(&format!("127.0.0.1|{port}|-|400|")), "{refused}");
    });
}

#[test]
fn an_interim_status_is_no_response() {
    let app = |request: &mut Request| match request.path()[1..].parse() {
        Ok(status) => Response::new(status),
        Err(_) => Response::text("hello"),
    };
    while_serving(Server::new(app), |address| {
        for status in [100, 101, 102, 103, 199] {
            let mut client = Client::connect(address);
            // The client would wait for more, and take the second response for the first one.
            let get = format!("GET /{status} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            client.send(format!("{get}GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            let head = client.line().unwrap();
            assert!(head.starts_with("HTTP/1.1 500 "), "{status}: {head}");
        }
    });
}

#[test]
fn who_takes_over_a_connection_may_wait_for_longer_than_the_server() {
    let app = |request: &mut Request| {
        let response = Response::new(101).with_header("upgrade", "echo");
        request.upgrade(response, |mut stream: Stream| {
            let mut word = [0; 3];
            stream.read_exact(&mut word).unwrap();
            stream.write_all(&word).unwrap();
        })
    };
    while_serving(Server::new(app).keep_alive(ms(20)), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        assert_eq!(client.head().status(), 101);
        sleep(ms(100));
        client.send("one");
        assert_eq!(client.bytes(3), b"one");
    });
}

#[test]
fn nothing_is_sent_after_a_part_of_something() {
    const LENGTH: usize = 32 << 20;
    let after: Rc<Cell<Option<io::ErrorKind>>> = Rc::default();
    let was_cut = Rc::new(Cell::new(false));
    let theirs = (after.clone(), was_cut.clone());
    let app = move |_: &mut Request| {
        let (after, was_cut) = theirs.clone();
        Response::written_by(move |body| {
            let all = vec![b'x'; LENGTH];
            let cut = with_timeout(ms(50), || body.write_all(&all));
            was_cut.set(cut.is_err());
            let written = body.write_all(b"more").and_then(|()| body.flush());
            after.set(written.as_ref().err().map(io::Error::kind));
            written
        })
    };
    while_serving(Server::new(app), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        while !was_cut.get() {
            sleep(ms(5));
        }
        assert!(client.rest().len() < LENGTH);
        assert_eq!(after.get(), Some(io::ErrorKind::BrokenPipe));
    });
}

#[test]
fn nobody_needs_to_hear_what_a_server_says() {
    let ended = Child::new().run(|| {
        sys::break_stderr();
        let app = |request: &mut Request| match &*request.path() {
            "/" => Ok("hello"),
            _ => Err("no page"),
        };
        let (server, address) = start_server(Server::new(app).log_x_forwarded_for(false));
        assert_eq!(Client::connect(address).get("/none").status(), 500);
        assert_eq!(Client::connect(address).get("/").text(), "hello");
        server.stop();
    });
    ended.expect_success();
}
