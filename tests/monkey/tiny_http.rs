//! tiny_http, an HTTP server, under the load of wrk.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;

use eventlet_monkey_tests::{at_once, check, check_without_the_patch};
use eventlet_tests::ms;
use tiny_http::{Response, Server};

/// How many serve, and how many connections there are, for each of which tiny_http has an OS thread.
const N: usize = 40;

#[test]
fn requests_are_served_at_once() {
    check(|| {
        let server = Server::http("127.0.0.1:0").unwrap();
        let address = server.server_addr().to_ip().unwrap();
        let run = at_once(N + 1, |i| {
            if i == N {
                begin(address);
                let report = wrk(address);
                (0..N).for_each(|_| server.unblock());
                return Some(report);
            }
            while let Ok(request) = server.recv() {
                if request.url() == "/slow" {
                    thread::sleep(ms(50));
                }
                request.respond(Response::from_string("served")).unwrap();
            }
            None
        });
        let report = run.results.into_iter().flatten().next().unwrap();
        assert!(!report.contains("Socket errors") && !report.contains("Non-2xx"), "{report}");
        let words: Vec<_> = report.split_whitespace().collect();
        let count = words.windows(3).find(|words| words[1..] == ["requests", "in"]).unwrap()[0];
        println!("{N} x 50ms for two seconds: {count} requests, {} OS threads", run.n_os_threads);
        // One after another, there would be 40 of them in this time.
        assert!(count.parse::<usize>().unwrap() > 160, "{report}");
    });
}

/// Opens all connections, one after another. Many that come together would wait for the first few
/// threads of tiny_http, which makes no others then.
fn begin(address: SocketAddr) {
    let connections: Vec<_> = (0..N)
        .map(|_| {
            let mut connection = TcpStream::connect(address).unwrap();
            connection.write_all(b"GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"served") {
                let mut bytes = [0; 100];
                let n = connection.read(&mut bytes).unwrap();
                assert!(n > 0, "{answer:?}");
                answer.extend_from_slice(&bytes[..n]);
            }
            connection
        })
        .collect();
    drop(connections);
}

/// Asks for two seconds, and says how it went.
fn wrk(address: SocketAddr) -> String {
    let (connections, url) = (format!("-c{N}"), format!("http://{address}/slow"));
    let output = Command::new("wrk").args(["-t1", &connections, "-d2s", &url]).output();
    let output = output.expect("wrk is installed, see `.ci/run`");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Those who wait for requests that do not come have enough of it together.
#[test]
fn waiting_for_requests_ends() {
    check(|| {
        let server = Server::http("127.0.0.1:0").unwrap();
        let run = at_once(100, |_| server.recv_timeout(ms(300)).unwrap().is_none());
        assert_eq!(run.like_the_slowest(ms(300)), [true; 100]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
