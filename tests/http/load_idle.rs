//! Ten thousand connections that are kept and idle.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use eventlet::http::{Request, Server};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::process::{Process, serve_until_terminated};
use eventlet_http_tests::site::start_server;
use eventlet_tests::{check_within, sys};

const N: usize = 10_000;

/// Memory of the server for each of them, at most: twice of what was measured.
const MOST_KIB_EACH: u64 = 35;

/// The server: it says how much memory it has.
fn serve() {
    sys::allow_descriptors(N as u64 + 500);
    let app = |_: &mut Request| sys::resident_kib().to_string();
    let server = || start_server(Server::new(app).max_connections(N + 100));
    serve_until_terminated(server, Duration::from_secs(60), |is_clean| is_clean);
}

fn resident_kib(client: &mut Client) -> u64 {
    client.get("/").text().parse().expect("a number")
}

/// The time that a request takes in the middle of many.
fn usual_time(client: &mut Client) -> Duration {
    let mut times: Vec<_> = (0..501)
        .map(|_| {
            let before = Instant::now();
            client.get("/");
            before.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

#[test]
fn ten_thousand_idle_connections() {
    check_within(Duration::from_secs(150), || {
        let server = Process::start("ten_thousand_idle_connections", serve);
        sys::allow_descriptors(N as u64 + 500);
        let mut busy = Client::connect(server.address);
        let (memory_before, time_before) = (resident_kib(&mut busy), usual_time(&mut busy));

        let mut idle = Vec::new();
        for _ in 0..N {
            let mut client = Client::connect(server.address);
            client.get("/");
            idle.push(client);
        }
        let (memory, time) = (resident_kib(&mut busy), usual_time(&mut busy));
        let kib_each = (memory - memory_before) as f64 / N as f64;
        let mut newcomer = Client::connect(server.address);
        newcomer.get("/");
        // Past the test harness, which shows nothing that a passing test prints.
        let figures = format!(
            "{N} idle connections: {kib_each:.1} KiB each; a request took {time_before:?} before, \
             {time:?} with them"
        );
        let _ = writeln!(io::stderr(), "{figures}");
        assert!(kib_each < MOST_KIB_EACH as f64, "{figures}");
        assert!(time < 20 * time_before + Duration::from_millis(20), "{figures}");

        server.terminate();
        for mut client in idle {
            client.assert_ended();
        }
        busy.assert_ended();
        newcomer.assert_ended();
        let said = server.finish();
        assert_eq!(said.lines().next(), Some("true"), "it ends in time");
    });
}
