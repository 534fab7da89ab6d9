//! What a server that stops does to those who are connected.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::http::{Request, Server};
use eventlet::{connect, listen, sleep, spawn};
use eventlet_tests::{check, ms};

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
