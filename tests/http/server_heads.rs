//! How large the heads of requests may be, to the byte.

use eventlet::http::{Request, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::while_serving;
use eventlet_tests::yield_now;

type App = fn(&mut Request) -> &'static str;

fn server() -> Server<App> {
    Server::new(|_| "hello")
}

/// The statuses of a request that comes as a whole, and of the same one that comes byte by byte.
fn statuses(server: impl Fn() -> Server<App>, request: &str) -> [u16; 2] {
    [request.len(), 1].map(|size| {
        let mut status = 0;
        while_serving(server(), |address| {
            let mut client = Client::connect(address);
            // It may be refused before all of it has been sent.
            let mut pieces = request.as_bytes().chunks(size);
            while pieces.next().is_some_and(|piece| client.try_send(piece).is_ok()) {
                yield_now();
            }
            status = client.reply().status();
        });
        status
    })
}

/// A path and the value of a header of so many bytes.
fn request(n_path: usize, n_value: usize) -> String {
    let (path, value) = ("/".repeat(n_path), "v".repeat(n_value));
    format!("GET {path} HTTP/1.1\r\nHost: h\r\nX: {value}\r\n\r\n")
}

#[test]
fn a_request_line_may_be_as_long_as_allowed() {
    let limited = || server().max_request_line("GET ///// HTTP/1.1".len());
    assert_eq!(statuses(limited, &request(5, 100)), [200, 200]);
    assert_eq!(statuses(limited, &request(6, 100)), [414, 414]);
}

#[test]
fn a_header_line_may_be_as_long_as_allowed() {
    let limited = || server().max_header_line("X: ".len() + 20);
    assert_eq!(statuses(limited, &request(1, 20)), [200, 200]);
    assert_eq!(statuses(limited, &request(1, 21)), [431, 431]);
}

#[test]
fn all_header_lines_may_be_as_long_as_allowed() {
    let limited = || server().max_headers_size("Host: h\r\nX: \r\n".len() + 20);
    assert_eq!(statuses(limited, &request(1, 20)), [200, 200]);
    assert_eq!(statuses(limited, &request(1, 21)), [431, 431]);
}

#[test]
fn there_may_be_no_limits() {
    let unlimited = || {
        let server = server().max_request_line(usize::MAX).max_header_line(usize::MAX);
        server.max_headers_size(usize::MAX).max_headers(usize::MAX)
    };
    assert_eq!(statuses(unlimited, &request(1, 1)), [200, 200]);
    let headers = "Y: z\r\n".repeat(1000);
    let large = request(9000, 9000).replace("Host", &format!("{headers}Host"));
    assert_eq!(statuses(unlimited, &large)[0], 200);
}
