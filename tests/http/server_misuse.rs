//! Applications that do what they should not.

use std::io::{self, BufRead, ErrorKind, Read, Write};

use eventlet::http::{HeaderMap, HeaderValue, Request, Response, Server, Stream};
use eventlet::{connect, listen};
use eventlet_tests::check;

const PUT: &str =
    "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc";

#[test]
fn no_more_is_consumed_than_there_is() {
    check(|| {
        let app = |request: &mut Request| {
            assert_eq!(request.fill_buf()?, b"abc");
            request.consume(100);
            io::Result::Ok(())
        };
        let answer = Server::new(app).ask(PUT).unwrap();
        assert!(answer.contains("HTTP/1.1 500 "), "{answer}");
    });
}

#[test]
fn a_100_says_nothing_of_a_body() {
    check(|| {
        let app = |request: &mut Request| {
            let mut headers = HeaderMap::new();
            headers.insert("content-length", HeaderValue::from_static("7"));
            headers.insert("transfer-encoding", HeaderValue::from_static("chunked"));
            headers.insert("hint", HeaderValue::from_static("go on"));
            request.send_continue(&headers)?;
            io::read_to_string(request)
        };
        let answer = Server::new(app).ask(PUT).unwrap();
        let (interim, last) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(interim, "HTTP/1.1 100 Continue\r\nHint: go on");
        assert!(last.ends_with("\r\n\r\nabc"), "{last}");
    });
}

#[test]
fn a_server_stops_whatever_hooks_do() {
    check(|| {
        let app = |request: &mut Request| {
            request.upgrade(Response::new(101).with_header("upgrade", "x"), |stream: Stream| {
                stream.on_stop(|| panic!("on purpose"));
                let end = (&stream).read(&mut [0; 1]);
                assert!(matches!(end, Ok(0)), "{end:?}");
            })
        };
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(app).start(listener).unwrap();
        let mut clients: Vec<_> = (0..2).map(|_| connect(address).unwrap()).collect();
        for client in &mut clients {
            client.write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
            assert!(client.read(&mut [0; 1024]).unwrap() > 0);
        }
        let stopping = eventlet::spawn(move || {
            // Each client goes when the hooks have been called.
            let stopped = server.stop_within(std::time::Duration::from_secs(20));
            (stopped, server.connections())
        });
        eventlet::sleep(std::time::Duration::from_millis(400));
        drop(clients);
        assert_eq!(stopping.wait().unwrap(), (true, 0));
        assert_eq!(connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    });
}
